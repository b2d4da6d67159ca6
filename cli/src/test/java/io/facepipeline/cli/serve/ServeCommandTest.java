package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import io.facepipeline.cli.AlbumStages;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.Main;
import io.facepipeline.testkit.SharedData;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
  private static final int WRONG_USAGE = 2;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

  private final AlbumStages stages = new AlbumStages();

  /** The command while it runs: what it printed, its thread, and the code that it ended with. */
  private final class Running implements AutoCloseable {
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final StringWriter out =
        new StringWriter() {
          @Override
          public void flush() {
            Matcher found = ADDRESS.matcher(toString());
            if (found.find()) {
              address.complete(URI.create(found.group()));
            }
          }
        };
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Thread thread;

    Running(String... more) {
      List<String> args = new ArrayList<>(List.of("serve", "--port", "0"));
      args.addAll(List.of(more));
      thread =
          new Thread(
              () -> {
                int code =
                    Main.run(
                        stages,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        args.toArray(String[]::new));
                exitCode.complete(code);
                address.completeExceptionally(
                    new AssertionError("no address in '" + out + "', errors '" + err + "'"));
              });
      thread.start();
    }

    /** Where the page is, once it is there. */
    URI address() throws Exception {
      return address.get(PATIENCE, TimeUnit.NANOSECONDS);
    }

    int stop() throws Exception {
      thread.interrupt();
      return exitCode.get(PATIENCE, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      thread.interrupt();
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }

  @Test
  void whomTheAlbumShowsIsNamedAndAllIsClosedInTheEnd() throws Exception {
    try (Running command = new Running("--album")) {
      HttpRequest request =
          HttpRequest.newBuilder(command.address().resolve("api/faces"))
              .POST(BodyPublishers.ofFile(SharedData.album("groups/group_1.jpg")))
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      for (String person : new String[] {"ada", "bao", "chidi"}) {
        assertTrue(answer.body().contains("\"label\":\"" + person + "\""), answer.body());
      }
      assertEquals(2, stages.open());
      assertEquals(0, command.stop());
    }
    assertEquals(0, stages.open());
  }

  @Test
  void peopleThatTheGalleryKeepsAreThereTheNextTime(@TempDir Path folder) throws Exception {
    String gallery = folder.resolve("gallery").toString();
    try (Running first = new Running("--gallery", gallery, "--album")) {
      first.address();
      assertEquals(0, first.stop());
    }
    try (Running second = new Running("--gallery", gallery)) {
      URI people = second.address().resolve("api/people");
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(people).build(), BodyHandlers.ofString());
      assertTrue(answer.body().contains("\"ada\""), answer.body());
      assertEquals(0, second.stop());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--port 65536, 65536",
    "--port 0 --max-upload 0, megabytes",
    "--port 0 --album --people x, not both",
    "--port 0 --host 192.0.2.1, cannot listen at 192.0.2.1",
    "--port 0 --people nowhere, nowhere"
  })
  void whatCannotBeServedIsNamed(String options, String problem) {
    CommandRun run = CommandRun.with(stages, (Object[]) ("serve " + options).split(" "));
    assertEquals(WRONG_USAGE, run.exitCode(), run.err());
    assertTrue(run.err().contains(problem), run.err());
    assertEquals(0, stages.open());
  }
}
