//! `cargo lambda watch` calls every route `$default` and passes the path's parameters on as they were sent: here such an event
//! becomes what API Gateway makes of the request.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use percent_encoding::percent_decode_str;

use crate::routes;

/// The event as API Gateway sends it. On AWS it is that already: there `$default` leads to `unknown-route` alone, which has no
/// routes, and to no function that has some.
pub(crate) fn as_from_api_gateway(mut event: ApiGatewayV2httpRequest, function: &str) -> ApiGatewayV2httpRequest {
    let context = &mut event.request_context;
    if context.route_key.as_deref() != Some("$default") {
        return event;
    }
    let path = event.raw_path.as_deref().unwrap_or_default();
    let Some(route) = routes::of(function, context.http.method.as_str(), path) else { return event };
    (context.route_key, event.route_key) = (Some(route.key()), Some(route.key()));
    for value in event.path_parameters.values_mut() {
        *value = percent_decode_str(value).decode_utf8_lossy().into_owned();
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(method: http::Method, path: &str) -> ApiGatewayV2httpRequest {
        let mut event = ApiGatewayV2httpRequest::default();
        event.request_context.route_key = Some("$default".to_owned());
        event.request_context.http.method = method;
        event.raw_path = Some(path.to_owned());
        event.path_parameters.insert("applicationId".to_owned(), "a%2Fb%20c".to_owned());
        event
    }

    fn key(method: http::Method, path: &str, function: &str) -> Option<String> {
        as_from_api_gateway(sent(method, path), function).request_context.route_key
    }

    #[test]
    fn a_default_route_of_a_function_with_routes_is_named_and_its_parameters_are_decoded() {
        let path = "/api/v3/applications/a%2Fb%20c";
        let event = as_from_api_gateway(sent(http::Method::PATCH, path), "update-app");
        assert_eq!(event.request_context.route_key.as_deref(), Some("PATCH /api/v3/applications/{applicationId}"));
        assert_eq!(event.path_parameters["applicationId"], "a/b c");
    }

    #[test]
    fn no_function_gets_a_route_that_is_not_its_own() {
        let path = "/api/v3/applications/a";
        let default = Some("$default".to_owned());
        assert_eq!(key(http::Method::PATCH, path, "unknown-route"), default);
        assert_eq!(key(http::Method::PATCH, path, "portico-UpdateApp-1A2B3C"), default);
        assert_eq!(key(http::Method::DELETE, path, "update-app"), default);
        assert_eq!(key(http::Method::PATCH, "/api/v3/applications/", "update-app"), default);
    }
}
