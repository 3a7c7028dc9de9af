package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FeedState;

/** The document that is served says of every route and every answer what is true. */
class OpenApiTest {

    private final FakeReplica calls = new FakeReplica("calls");
    private final FakeReplica agents = new FakeReplica("agents");
    private final TreeMap<String, Channel> channels = new TreeMap<>();
    private final Streams streams;
    private final Web web;
    private final Map<String, Object> document;

    OpenApiTest() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 5001, "RouterCallsQNow", 3, "ServiceLevelToday", 0.5));
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 5000, "GatewayState", "lost", "LastHeard", calls.time()))
                .cut();
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "AgentState", 3))
                .cut();
        History history = new History();
        for (String feed : List.of("agents", "calls", "config")) {
            channels.put(feed, new Channel(feed, () -> {}, history));
        }
        channels.get("calls").add(calls);
        channels.get("agents").add(agents);
        SiteStatus status = new SiteStatus(channels, feed -> "distributor");
        streams = new Streams("run", channels, () -> "north", status::broken);
        web = new Web(
                channels,
                status,
                history,
                Pages.ofBundle(),
                new SignIn((user, password) -> Optional.of(Set.of(SignIn.ROLE)), () -> 0),
                new Sessions(null, java.time.Instant::now, user -> ""),
                () -> "n1",
                () -> "north",
                () -> new byte[0],
                1);
        document = read(ask("GET", "/api/v1/openapi.json", null).body());
    }

    private record Request(String method, String path, String query) implements Web.Asked {
        @Override
        public String header(String name) {
            return switch (name) {
                case "Authorization" -> "Basic dXNlcjpwYXNzd29yZA==";
                case "Content-Type" -> "application/json";
                default -> null;
            };
        }

        @Override
        public String cookie(String name) {
            return null;
        }

        @Override
        public String address() {
            return "127.0.0.1";
        }

        @Override
        public boolean secure() {
            return false;
        }
    }

    private Web.Answer ask(String method, String path, String query) {
        Request request = new Request(method, path, query);
        return Web.isSignIn(request)
                ? web.signIn(request, "{\"user\":\"user\",\"password\":\"password\"}")
                : web.answer(request);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> read(byte[] json) {
        return (Map<String, Object>) Json.read(new String(json, StandardCharsets.UTF_8));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> at(String... path) {
        Object found = document;
        for (String part : path) {
            found = ((Map<String, Object>) found).get(part);
        }
        return (Map<String, Object>) found;
    }

    @Test
    void namesEveryRouteAndMethodAndNoOther() {
        Map<String, Set<String>> documented = new HashMap<>();
        at("paths").forEach((path, methods) -> {
            Set<String> of = new HashSet<>();
            ((Map<?, ?>) methods)
                    .keySet()
                    .forEach(method -> of.add(method.toString().toUpperCase(Locale.ROOT)));
            documented.put(path, of);
        });
        assertEquals(Web.ROUTES, documented);
    }

    @Test
    void namesEveryParameter() {
        Map<String, Set<String>> known = Map.of(
                "/api/v1/tables/{table}", TableQuery.PARAMETERS,
                "/api/v1/history", Set.of("minutes", "callType"),
                "/api/v1/stream", Set.of("tables"));
        for (String path : Web.ROUTES.keySet()) {
            Set<String> documented = new HashSet<>();
            Object parameters = at("paths", path, "get").get("parameters");
            for (Object parameter : parameters == null ? List.of() : (List<?>) parameters) {
                if (((Map<?, ?>) parameter).get("in").equals("query")) {
                    documented.add(((Map<?, ?>) parameter).get("name").toString());
                }
            }
            assertEquals(known.getOrDefault(path, Set.of()), documented, path);
        }
    }

    @Test
    void describesEachAnswerAsItIs() {
        for (Map.Entry<String, Set<String>> route : Web.ROUTES.entrySet()) {
            for (String method : route.getValue()) {
                String path = route.getKey().replace("{table}", "Call_Type_Real_Time");
                Web.Answer answer = ask(method, path, null);
                Map<?, ?> responses = (Map<?, ?>) at("paths", route.getKey(), method.toLowerCase(Locale.ROOT))
                        .get("responses");
                Map<?, ?> response = (Map<?, ?>) responses.get(Integer.toString(answer.status()));
                assertTrue(response != null, method + " " + path + " answers " + answer.status());
                if (answer.body() == null || answer.body().length == 0) {
                    continue;
                }
                String type = answer.type().split(";")[0];
                Map<?, ?> content = (Map<?, ?>) ((Map<?, ?>) response.get("content")).get(type);
                assertTrue(content != null, method + " " + path + " is " + type);
                check(method + " " + path, content.get("schema"), read(answer.body()));
            }
        }
    }

    @Test
    void describesEachEventAsItIs() {
        StreamReader reader = new StreamReader();
        streams.tick(0, false);
        Streams.Cursor cursor = streams.open(List.of("Call_Type_Real_Time", "Agent_Real_Time"), null);
        byte[] first = streams.next(cursor);
        reader.read(first, first.length);
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 5001, "RouterCallsQNow", 4))
                .cut();
        calls.state(FeedState.CONNECTING, true, "away");
        streams.tick(50, true);
        byte[] next = streams.next(cursor);
        reader.read(next, next.length);
        byte[] end = Streams.farewell("the node stops");
        reader.read(end, end.length);
        Set<String> seen = new HashSet<>();
        for (StreamReader.Event event : reader.events) {
            seen.add(event.type());
            String schema =
                    Character.toUpperCase(event.type().charAt(0)) + event.type().substring(1) + "Event";
            check(event.type(), Map.of("$ref", "#/components/schemas/" + schema), event.data());
        }
        assertEquals(Set.of("snapshot", "rows", "state", "heartbeat", "end"), seen);
    }

    @Test
    void describesErrorsAsTheyAre() {
        for (String path : List.of("/api/v1/none", "/api/v1/tables/none", "/api/v1/tables/Agent", "/none")) {
            try {
                ask("GET", path, "limit=x");
            } catch (ApiError e) {
                check(path, Map.of("$ref", "#/components/schemas/Error"), read(e.json()));
                continue;
            }
            throw new AssertionError(path + " is answered");
        }
    }

    // ---- as much of JSON Schema as the document uses

    private void check(String where, Object schemaOrReference, Object value) {
        Map<?, ?> schema = (Map<?, ?>) schemaOrReference;
        if (schema.get("$ref") instanceof String reference) {
            check(where, at("components", "schemas", reference.substring(reference.lastIndexOf('/') + 1)), value);
            return;
        }
        Collection<?> types = schema.get("type") instanceof List<?> list ? list : List.of(schema.get("type"));
        String is = value == null
                ? "null"
                : value instanceof Map
                        ? "object"
                        : value instanceof List
                                ? "array"
                                : value instanceof Boolean
                                        ? "boolean"
                                        : value instanceof Long
                                                ? "integer"
                                                : value instanceof Double ? "number" : "string";
        assertTrue(
                types.contains(is) || is.equals("integer") && types.contains("number"),
                where + " is " + is + " where it should be " + types + ": " + value);
        if (schema.get("enum") instanceof List<?> allowed && value != null) {
            assertTrue(allowed.contains(value), where + " is " + value);
        }
        if (value instanceof List<?> list) {
            int i = 0;
            for (Object element : list) {
                check(where + "[" + i++ + "]", schema.get("items"), element);
            }
        }
        if (value instanceof Map<?, ?> map && schema.get("additionalProperties") != null) {
            Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> p ? p : Map.of();
            List<Object> missing = new ArrayList<>(schema.get("required") instanceof List<?> r ? r : List.of());
            map.forEach((name, of) -> {
                missing.remove(name);
                Object property = properties.get(name);
                if (property != null) {
                    check(where + "." + name, property, of);
                } else if (schema.get("additionalProperties") instanceof Map<?, ?> any) {
                    check(where + "." + name, any, of);
                } else {
                    assertEquals(true, schema.get("additionalProperties"), where + " has " + name);
                }
            });
            assertEquals(List.of(), missing, where + " lacks these");
        }
    }
}
