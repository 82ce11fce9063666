package io.netnswatch.browser;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium with one page, driven through the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/).
 */
public final class Chromium implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private String session = "";

  private Chromium(Process process, URI address) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, new Reader()).join();
  }

  /** Where it is installed. */
  public static Optional<Path> installed() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, with all that it writes in a folder. */
  public static Chromium start(Path program, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile())
            .start();
    Path port = folder.resolve("DevToolsActivePort");
    try {
      await()
          .atMost(LONGEST)
          .until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
      List<String> lines = Files.readAllLines(port);
      Chromium chromium =
          new Chromium(process, URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)));
      chromium.attach();
      return chromium;
    } catch (RuntimeException | IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private void attach() {
    call(
        "Browser.grantPermissions",
        Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asText();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
    List.of("Page.enable", "Runtime.enable", "Log.enable", "Network.enable")
        .forEach(domain -> call(domain, Map.of()));
    call("Performance.enable", Map.of("timeDomain", "threadTicks"));
    call("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
  }

  /**
   * What breaks a rule of accessibility that a program can check (WCAG 2.1, by axe-core): the rule,
   * and some of the elements.
   */
  public List<String> violations() {
    evaluate(axe() + ";0");
    JsonNode found =
        evaluate(
            "axe.run().then(it => it.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))");
    complaints.removeIf(it -> it.contains("willReadFrequently")); // axe reads canvases back
    return StreamSupport.stream(found.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String axe() {
    try (InputStream in =
        Chromium.class.getResourceAsStream(
            "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a page in a window of this size and colour scheme, and waits until it is complete. */
  public void open(Path page, String hash, int width, int height, String scheme) {
    open(page.toUri() + hash, width, height, scheme);
  }

  /** The same of a page at any address. */
  public void open(String address, int width, int height, String scheme) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    call("Page.navigate", Map.of("url", "about:blank"));
    complaints.clear();
    requests.clear();
    call("Page.navigate", Map.of("url", address));
    await()
        .atMost(LONGEST)
        .until(() -> evaluate("document.readyState").asText().equals("complete"));
  }

  /** Value of an expression, which may be a promise. */
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /**
   * CPU time that the page's thread takes for something until it is drawn, milliseconds: the least
   * of five turns. What else runs on the machine does not count.
   *
   * @param before what is done before each turn
   */
  public double leastCpuMs(String before, String act) {
    double least = Double.MAX_VALUE;
    for (int turn = 0; turn < 5; turn++) {
      evaluate(untilDrawn(before));
      double begin = taskMs();
      evaluate(untilDrawn(act));
      least = Math.min(least, taskMs() - begin);
    }
    return least;
  }

  private static String untilDrawn(String act) {
    return "(async () => { %s; for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame); })()"
        .formatted(act);
  }

  private double taskMs() {
    JsonNode metrics = call("Performance.getMetrics", Map.of()).get("metrics");
    return 1000
        * StreamSupport.stream(metrics.spliterator(), false)
            .filter(it -> it.get("name").asText().equals("TaskDuration"))
            .findFirst()
            .orElseThrow()
            .get("value")
            .asDouble();
  }

  /** Waits until the page says so. */
  public void awaitTrue(String expression) {
    await(expression).atMost(LONGEST).until(() -> evaluate(expression).asBoolean());
  }

  /** Types a text where the focus is. */
  public void type(String text) {
    call("Input.insertText", Map.of("text", text));
  }

  /** Presses a key that writes nothing, by its DOM name. */
  public void press(String key, int code) {
    for (String type : List.of("rawKeyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /** Presses Enter, which activates what has the focus. */
  public void pressEnter() {
    Map<String, Object> enter =
        Map.of("key", "Enter", "code", "Enter", "windowsVirtualKeyCode", 13);
    for (String type : List.of("keyDown", "keyUp")) {
      ObjectNode event = JSON.valueToTree(enter);
      call("Input.dispatchKeyEvent", event.put("type", type).put("text", "\r"));
    }
  }

  /** Drags the mouse, in pixels of the window. */
  public void drag(int fromX, int toX, int y) {
    mouse("mouseMoved", fromX, y);
    mouse("mousePressed", fromX, y);
    mouse("mouseMoved", toX, y);
    mouse("mouseReleased", toX, y);
  }

  private void mouse(String type, int x, int y) {
    call(
        "Input.dispatchMouseEvent",
        Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
  }

  /** Errors and warnings of the console since the page was opened, policy violations included. */
  public List<String> complaints() {
    return complaints;
  }

  /** Addresses asked for since the page was opened. */
  public List<String> requests() {
    return requests;
  }

  /**
   * Keeps a picture of what the window shows, or of the whole page.
   *
   * @param file its ending says the format: {@code png}, or {@code webp}, which is small
   */
  public void screenshot(Path file, boolean whole) throws IOException {
    String format = file.toString().endsWith(".webp") ? "webp" : "png";
    JsonNode picture =
        call("Page.captureScreenshot", Map.of("format", format, "captureBeyondViewport", whole));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
  }

  private JsonNode call(String method, Object parameters) {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    socket.sendText(message.toString(), true).join();
    JsonNode whole = answer.orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
    if (whole.has("error")) {
      throw new IllegalStateException(method + ": " + whole.get("error"));
    }
    return whole.get("result");
  }

  private void accept(JsonNode message) {
    CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt(-1));
    if (answer != null) {
      answer.complete(message);
      return;
    }
    JsonNode event = message.path("params");
    switch (message.path("method").asText()) {
      case "Runtime.exceptionThrown" -> complaints.add(event.get("exceptionDetails").toString());
      case "Runtime.consoleAPICalled" -> complaints.add(event.get("args").toString());
      case "Log.entryAdded" -> complaints.add(event.get("entry").toString());
      case "Network.requestWillBeSent" -> requests.add(event.at("/request/url").asText());
      default -> {}
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** Puts the parts of messages together. */
  private final class Reader implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          accept(JSON.readTree(text.toString()));
        } catch (IOException e) {
          complaints.add("not JSON: " + e.getMessage());
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
