package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.facepipeline.FacePipeline;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a browser, and what a person does there. */
abstract class PageFixture {
  static final int MAX_UPLOAD = 5_000_000;
  static final Path GROUP = SharedData.album("groups/group_1.jpg");
  static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  static final Path OTHER_ADA = SharedData.album("people/ada/ada_2.jpg");
  static final Path PICTURES = Path.of("target", "screenshots");

  @TempDir Path folder;

  FaceServer server;
  ChromeDriver browser;
  WebDriverWait wait;

  @BeforeEach
  void open() throws IOException {
    File chromium = program("chromium", "chromium-browser", "google-chrome");
    File driver = program("chromedriver");
    server =
        FaceServer.start(
            FacePipeline.create(), new FaceServer.Options("127.0.0.1", 0, Set.of(), MAX_UPLOAD, 2));
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1000",
        "--user-data-dir=" + Files.createDirectory(folder.resolve("profile")),
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--use-file-for-fake-video-capture=" + film());
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
    wait = new WebDriverWait(browser, Duration.ofSeconds(60));
    browser.get("http://127.0.0.1:" + server.port() + "/");
    wait.until(b -> element("about").getText().contains("compact-default"));
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.quit();
    }
    if (server != null) {
      server.close();
    }
  }

  /** The first of some programs on the path; the test is skipped, and says so, without. */
  static File program(String... names) {
    Optional<File> found =
        Arrays.stream(names)
            .flatMap(
                name ->
                    Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(path -> new File(path, name)))
            .filter(File::canExecute)
            .findFirst();
    String problem = "no " + names[0] + " on the PATH; install it to test the page in a browser";
    if (found.isEmpty()) {
      System.out.println("SKIPPED: " + problem);
    }
    assumeTrue(found.isPresent(), problem);
    return found.get();
  }

  /** What the browser takes for its camera: one portrait, over and over. */
  Path film() throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    byte[] frame = Files.readAllBytes(ADA);
    for (int i = 0; i < 5; i++) {
      frames.write(frame);
    }
    return Files.write(folder.resolve("film.mjpeg"), frames.toByteArray());
  }

  WebElement element(String id) {
    return browser.findElement(By.id(id));
  }

  List<WebElement> faces() {
    return browser.findElements(By.cssSelector("#photos .face"));
  }

  /** Read at once, since the camera's boxes are drawn anew all the time. */
  List<String> names(String within) {
    String script =
        "return [...document.querySelectorAll(arguments[0] + ' .frame.known')].map(f =>"
            + " f.innerText)";
    return ((List<?>) browser.executeScript(script, within)).stream().map(String::valueOf).toList();
  }

  void choose(Path... photos) {
    String files =
        String.join("\n", Arrays.stream(photos).map(p -> p.toAbsolutePath().toString()).toList());
    element("files").sendKeys(files);
  }

  void enroll(WebElement face, String name) {
    face.click();
    wait.until(b -> element("naming").isDisplayed());
    element("name").clear();
    element("name").sendKeys(name);
    element("enroll").click();
    wait.until(b -> element("status").getText().contains(name + " is enrolled"));
  }

  void picture(String name) throws IOException {
    Files.createDirectories(PICTURES);
    Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
  }

  void assertNoProblemInTheConsole() {
    List<LogEntry> problems =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .toList();
    assertTrue(problems.isEmpty(), problems.toString());
  }
}
