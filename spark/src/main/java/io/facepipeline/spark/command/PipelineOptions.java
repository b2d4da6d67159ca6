package io.facepipeline.spark.command;

import io.facepipeline.spark.PipelineDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which executors make their pipeline. */
final class PipelineOptions {
  @Option(
      names = "--detector",
      paramLabel = "DETECTOR",
      description =
          "An id of the catalog, an ONNX file of a one-stage detector, or a file or folder of"
              + " MTCNN's weights (default: the one inside the artifact).")
  @Nullable String detector;

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      description =
          "An id of the catalog, a checkpoint or an ONNX file (default: the one inside the"
              + " artifact).")
  @Nullable String embedder;

  @Option(
      names = "--min-face",
      paramLabel = "PX",
      description = "Side of the smallest face in pixels (default: 20).")
  int minFace = 20;

  @Option(names = "--mirror", description = "Also embed each face mirrored, and add both.")
  boolean mirror;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "A folder of models on every executor, or a shipped archive's name.")
  @Nullable String models;

  @Option(names = "--offline", description = "Executors download nothing.")
  boolean offline;

  @Option(
      names = "--accept-license",
      paramLabel = "ID",
      description = "Accept the restricted license of a model.")
  List<String> acceptedLicenses = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of each executor (default: its cores).")
  @Nullable Integer threads;

  PipelineDescription description() {
    PipelineDescription description =
        PipelineDescription.defaults()
            .withMinFaceSize(minFace)
            .withMirrored(mirror)
            .withOffline(offline);
    if (detector != null) {
      description = description.withDetector(detector);
    }
    if (embedder != null) {
      description = description.withEmbedder(embedder);
    }
    if (models != null) {
      description = description.withModels(models);
    }
    if (threads != null) {
      description = description.withThreads(threads);
    }
    for (String id : acceptedLicenses) {
      description = description.withAcceptedLicense(id);
    }
    return description;
  }
}
