import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.minidev.json.JSONArray;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * One JSON object a line in, one out. {"template", "variables", "body"} asks Apache Velocity; {"path", "document"} asks
 * Jayway JsonPath. The answer has "out", "missing" or "error".
 */
public class Oracle {
    public static class Input {
        private final Object document;

        Input(String body) {
            document = Configuration.defaultConfiguration().jsonProvider().parse(body);
        }

        public Object path(String path) {
            return JsonPath.read(document, path);
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        String line;
        while ((line = in.readLine()) != null) {
            JSONObject answer = new JSONObject();
            try {
                Map<?, ?> question = (Map<?, ?>) JSONValue.parse(line);
                if (question.containsKey("path")) {
                    evaluate(question, answer);
                } else {
                    answer.put("out", render(question));
                }
            } catch (Throwable error) {
                answer.put("error", error.getClass().getSimpleName());
            }
            out.println(answer.toJSONString());
        }
    }

    private static String render(Map<?, ?> question) {
        VelocityEngine engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.setProperty("directive.foreach.maxloops", "1000");
        engine.init();
        VelocityContext context = new VelocityContext();
        if (question.get("body") != null) {
            context.put("input", new Input((String) question.get("body")));
        }
        if (question.get("variables") != null) {
            Map<?, ?> variables = (Map<?, ?>) convert(question.get("variables"));
            for (Object name : variables.keySet()) {
                context.put((String) name, variables.get(name));
            }
        }
        StringWriter writer = new StringWriter();
        engine.evaluate(context, writer, "oracle", (String) question.get("template"));
        return writer.toString();
    }

    private static void evaluate(Map<?, ?> question, JSONObject answer) {
        Configuration configuration = Configuration.defaultConfiguration();
        Object document = configuration.jsonProvider().parse((String) question.get("document"));
        JsonPath path = JsonPath.compile((String) question.get("path"));
        try {
            answer.put("out", path.read(document, configuration));
        } catch (InvalidPathException missing) { // PathNotFoundException, or a step that does not fit
            answer.put("missing", true);
        }
    }

    /** JSON's objects print as Java's maps do in API Gateway, its arrays as JSON. */
    private static Object convert(Object value) {
        if (value instanceof Map) {
            Map<Object, Object> found = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                found.put(entry.getKey(), convert(entry.getValue()));
            }
            return found;
        }
        if (value instanceof List) {
            JSONArray found = new JSONArray();
            for (Object item : (List<?>) value) {
                found.add(convert(item));
            }
            return found;
        }
        return value;
    }
}
