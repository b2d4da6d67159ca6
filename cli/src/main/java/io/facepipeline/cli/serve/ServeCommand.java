package io.facepipeline.cli.serve;

import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.Album;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.ThresholdOption;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a web page on which photos are dropped and faces get names. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serves a page in the browser that names faces.",
      "Drop photos or turn the camera on, see whose faces they are, and click a face to name it."
          + " Only this machine can reach the page. Nothing is stored without --gallery."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final int MIN_FACE = 40;
  private static final int LAST_PORT = 65_535;
  private static final int MOST_MEGABYTES = 1_000;
  private static final long BYTES_PER_MEGABYTE = 1_000_000;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin LiveOptions live = stageOptions.live;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port, or 0 for any free one (default: ${DEFAULT-VALUE}).")
  int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "The address to listen on (default: ${DEFAULT-VALUE}, which other machines cannot reach)."
              + " Whoever reaches the page can see, add and remove people.")
  String host = "127.0.0.1";

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description = "Another host name that browsers may use; may be repeated.")
  Set<String> allowedHosts = Set.of();

  @Option(
      names = "--gallery",
      paramLabel = "DIR",
      description = "Keep people in this folder; it is created if it does not exist.")
  @Nullable Path gallery;

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "First enroll these people: a folder of photos per person.")
  @Nullable Path people;

  @Option(names = "--album", description = "First enroll the people of the sample album.")
  boolean album;

  @Mixin ThresholdOption threshold = new ThresholdOption();

  @Option(
      names = "--max-upload",
      paramLabel = "MB",
      description = "The largest accepted photo (default: ${DEFAULT-VALUE}).")
  int maxUpload = 20;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public ServeCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    if (port < 0 || port > LAST_PORT) {
      throw Exit.wrongUsage(spec, "--port must be 0 to " + LAST_PORT + ", got " + port);
    }
    if (maxUpload < 1 || maxUpload > MOST_MEGABYTES) {
      throw Exit.wrongUsage(
          spec, "--max-upload must be 1 to " + MOST_MEGABYTES + " megabytes, got " + maxUpload);
    }
    if (album && people != null) {
      throw Exit.wrongUsage(spec, "give serve --people or --album, not both");
    }
    Map<String, List<ImageSource>> known =
        album ? Album.people() : people == null ? Map.of() : PhotoFiles.people(spec, people);
    if (stageOptions.minFace == null) {
      stageOptions.minFace = MIN_FACE;
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean allEnrolled;
    FacePipeline pipeline =
        Pipelines.naming(spec, stages, stageOptions, threshold.cosine(), gallery, err);
    try {
      allEnrolled = Enrolling.all(pipeline, known, out, err);
    } catch (RuntimeException e) {
      pipeline.close();
      throw e;
    }
    FaceServer.Options options =
        new FaceServer.Options(
            host, port, allowedHosts, maxUpload * BYTES_PER_MEGABYTE, stageOptions.threads);
    try (FaceServer server = FaceServer.start(pipeline, options)) {
      // Ctrl-C ends the process without unwinding this; the gallery is closed all the same.
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
      if (!isLoopback(host)) {
        err.println(
            "facepipeline: warning: other machines reach this page, and whoever does can see, add"
                + " and remove people");
      }
      out.printf("the page is at http://%s:%d/%nstop it with Ctrl-C%n", shown(), server.port());
      server.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // stopped, as was wished
    }
    return Exit.code(allEnrolled);
  }

  private String shown() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // it could not have been listened at
    }
  }
}
