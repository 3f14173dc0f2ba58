"""Holds the running portal against docs/openapi.json: schemathesis makes requests of every operation, good and bad ones, as a developer,
as an administrator and as nobody; every answer must have a described status, content type, headers and members, and none is a 5xx.

    run.py DOCUMENT ORIGIN ADMIN_TOKEN
"""

import collections
import sys
import time
import urllib.parse
import warnings

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import InvalidArgument, Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

warnings.filterwarnings("ignore")

DOCUMENT, ORIGIN, TOKEN = sys.argv[1:4]
SEED = 20261123
# Of each operation, good ones and bad ones; what takes little has fewer different ones.
REQUESTS = 60
# How many there must have been in all.
ENOUGH = 10_000
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EMAIL, PASSWORD = "ada@example.test", "a quiet harbour at dawn"
NOBODYS = "01920000-0000-7000-8000-000000000000"
ADMIN = {"authorization": f"Bearer {TOKEN}"}
SPECIFICATION = '{"openapi":"3.1.0","info":{"title":"Tides","version":"1"},"paths":{"/tides":{"get":{"responses":{}}}}}'
# What may end in a refusal of everybody who comes from here: last.
LAST = ("authenticate", "register", "forgot-password", "reset-password", "verify-email", "create-admin-session", "change-password")


class Scene:
    """Everything that a path can name, made anew for each operation: the one before may have deleted it."""

    def __init__(self):
        self.http = requests.Session()
        self.cookies = {}
        self.number = 0
        self.portal = self.admin("GET", "/v3/portals")["data"][0]["id"]
        self.developer = self.new_developer(EMAIL)
        self.admin("PATCH", f"/v3/portals/{self.portal}/developers/{self.developer}", {"status": "approved"})
        self.ask("POST", "/api/v3/developer/forgot-password", {"email": EMAIL})
        self.set_password()

    def ask(self, method, path, body=None, **how):
        reply = self.http.request(method, ORIGIN + path, json=body, **how)
        assert reply.ok, f"{method} {path}: {reply.status_code} {reply.text[:500]}"
        return reply.json() if reply.content else None

    def admin(self, method, path, body=None):
        return self.ask(method, path, body, headers=ADMIN)

    def own(self, method, path, body=None):
        return self.ask(method, path, body, cookies=self.cookies)

    def new_developer(self, email):
        new = {"email": email, "full_name": "Somebody", "status": "pending"}
        return self.admin("POST", f"/v3/portals/{self.portal}/developers", new)["id"]

    def set_password(self):
        for _ in range(200):
            mail = requests.get(f"{ORIGIN}/_local/mail", params={"to": EMAIL, "link": ""})
            if mail.ok and "token=" in mail.text:
                break
            time.sleep(0.1)
        token = urllib.parse.parse_qs(urllib.parse.urlparse(mail.text.strip()).query)["token"][0]
        if "/reset-password" not in mail.text:
            token = self.ask("POST", "/api/v3/developer/verify-email", {"token": token})["token"]
        self.ask("POST", "/api/v3/developer/reset-password", {"token": token, "password": PASSWORD})

    def sign_in(self):
        reply = requests.post(f"{ORIGIN}/api/v3/developer/authenticate", json={"username": EMAIL, "password": PASSWORD})
        assert reply.status_code == 204, reply.text
        self.cookies = reply.cookies.get_dict()

    def anew(self):
        """Ids by the names of path parameters."""
        self.number += 1
        number = self.number
        portal = f"/v3/portals/{self.portal}"
        settings_ = {"authentication_enabled": True, "rbac_enabled": False, "auto_approve_applications": True}
        self.admin("PATCH", portal, settings_ | {"auto_approve_developers": True})
        self.admin("PATCH", f"{portal}/authentication-settings", {"basic_auth_enabled": True})
        if requests.get(f"{ORIGIN}/api/v3/developer/me", cookies=self.cookies).status_code != 200:
            self.sign_in()
        strategy = {"name": f"keys-{number}", "display_name": "Keys", "strategy_type": "key_auth"}
        strategy = self.admin("POST", "/v2/application-auth-strategies", strategy | {"configs": {"key-auth": {"key_names": ["apikey"]}}})["id"]
        self.admin("PATCH", portal, {"default_application_auth_strategy_id": strategy})
        api = self.admin("POST", "/v3/apis", {"name": f"Tides {number}", "slug": f"tides-{number}", "version": "1"})["id"]
        self.admin("PUT", f"/v3/apis/{api}/publications/{self.portal}", {"visibility": "public", "auth_strategy_ids": [strategy]})
        version = self.admin("POST", f"/v3/apis/{api}/versions", {"version": "2", "spec": {"content": SPECIFICATION}})["id"]
        document = {"content": "# Tides", "title": "Tides", "slug": "tides", "status": "published"}
        document = self.admin("POST", f"/v3/apis/{api}/documents", document)["id"]
        gateway = {"api_gateway": {"gateway_id": "local", "stage": f"stage-{number}"}}
        implementation = self.admin("POST", f"/v3/apis/{api}/implementations", gateway)["id"]
        operation = self.admin("GET", f"/v3/apis/{api}/operations")["data"][0]["id"]
        team = self.admin("POST", f"{portal}/teams", {"name": f"Team {number}"})["id"]
        developer = self.new_developer(f"somebody{number}@example.test")
        for member in (developer, self.developer):
            self.admin("POST", f"{portal}/teams/{team}/developers", {"id": member})
        role = {"role_name": "API Viewer", "entity_id": api, "entity_type_name": "Services", "entity_region": "eu"}
        role = self.admin("POST", f"{portal}/teams/{team}/assigned-roles", role)["id"]
        application = self.own("POST", "/api/v3/applications", {"name": f"Weather board {number}", "auth_strategy_id": strategy})["id"]
        registration = self.own("POST", f"/api/v3/applications/{application}/registrations", {"api_id": api})["id"]
        credential = self.own("POST", f"/api/v3/applications/{application}/credentials", {"display_name": "First"})["id"]
        spare = {"name": f"spare-{number}", "display_name": "Spare", "strategy_type": "key_auth"}
        spare = self.admin("POST", "/v2/application-auth-strategies", spare | {"configs": {"key-auth": {"key_names": ["x-key"]}}})["id"]
        session = self.own("GET", "/api/portico/v1/developer/sessions")["data"][0]["id"]
        providers = f"{portal}/identity-providers"
        for provider in self.admin("GET", providers):  # of what requests have made: there is a quota, and one may be enabled
            self.admin("DELETE", f"{providers}/{provider['id']}")
        config = {"issuer_url": "http://127.0.0.1:9/realms/sea", "client_id": "portal", "client_secret": "a secret"}
        provider = self.admin("POST", providers, {"type": "oidc", "config": config})["id"]
        mapping = {"team_id": team, "group": "harbour"}
        mapping = self.admin("POST", f"{providers}/{provider}/team-group-mappings", mapping)["id"]
        return {
            "portalId": self.portal, "developerId": developer, "applicationId": application, "registrationId": registration,
            "credentialId": credential, "apiIdOrSlug": f"tides-{number}", "apiId": api, "versionId": version, "specId": version,
            "documentId": document, "documentIdOrSlug": "tides", "implementationId": implementation, "operationId": operation,
            "teamId": team, "roleId": role, "authStrategyId": spare, "sessionId": session, "id": provider, "mappingId": mapping,
        }

    def forget(self, ids):
        """Frees what there is a quota of."""
        requests.delete(f"{ORIGIN}/api/v3/applications/{ids['applicationId']}", cookies=self.cookies)
        requests.delete(f"{ORIGIN}/v3/portals/{self.portal}/teams/{ids['teamId']}", headers=ADMIN)


def is_one_segment(value):
    return isinstance(value, str) and value not in ("", ".", "..") and not any(mark in value for mark in "/\\?#%")


class Lane:
    def __init__(self):
        self.scene = Scene()
        self.sent = 0
        self.statuses = collections.Counter()
        self.faults = {}

    def hold(self, operation):
        ids = self.scene.anew()
        began, before = time.monotonic(), self.sent
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            self.generate(operation, mode, ids)
        self.scene.forget(ids)
        print(f"{self.sent - before:5d} {time.monotonic() - began:6.1f}s  {operation.label}", flush=True)

    def generate(self, operation, mode, ids):
        numbers = iter(range(1_000_000))

        @seed(SEED)
        @settings(
            max_examples=REQUESTS, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def test(case):
            self.send(operation, case, next(numbers), ids)

        try:
            test()
        except (Unsatisfiable, InvalidArgument):
            pass  # there is nothing bad to say to it

    def send(self, operation, case, number, ids):
        for name, made in list((case.path_parameters or {}).items()):
            # Of eight: five with what there is, two with what nothing has, one with whatever was made up.
            if number % 8 == 7 and is_one_segment(made):
                continue
            case.path_parameters[name] = ids[name] if number % 8 < 5 else NOBODYS
        signed = {}
        if number % 10 != 9:  # one of ten is nobody's
            signed = {"cookies": self.scene.cookies} if operation.path.startswith("/api/") else {"headers": ADMIN}
        try:
            response = case.call(base_url=ORIGIN, timeout=30, **signed)
        except (UnicodeError, requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
            return  # no client can send that
        self.sent += 1
        self.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except AssertionError as fault:
            self.note(operation, response, fault)
        except BaseExceptionGroup as faults:
            for fault in faults.exceptions:
                self.note(operation, response, fault)

    def note(self, operation, response, fault):
        said = str(fault)
        key = (operation.label, response.status_code, said.split("\n")[0])
        if key not in self.faults:
            self.faults[key] = said
            print(f"\n{operation.label} -> {response.status_code}\n{said}\n", flush=True)


def main():
    schema = schemathesis.openapi.from_path(DOCUMENT)
    operations = [result.ok() for result in schema.get_all_operations()]
    operations.sort(key=lambda one: (one.definition.raw["operationId"] in LAST, one.label))
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    lane = Lane()
    for operation in operations:
        if only in operation.label:
            lane.hold(operation)
    print(f"\n{lane.sent} requests of {len(operations)} operations, answered {dict(sorted(lane.statuses.items()))}")
    for label, status, said in lane.faults:
        print(f"{label} -> {status}: {said}")
    if lane.faults or (not only and lane.sent < ENOUGH):
        sys.exit(f"{len(lane.faults)} faults")


main()
