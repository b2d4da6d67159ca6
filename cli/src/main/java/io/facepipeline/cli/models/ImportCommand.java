package io.facepipeline.cli.models;

import io.facepipeline.AlignedFace;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.Precision;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.internal.CardFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a checkpoint, or an ONNX file and its card, into an ONNX file that describes itself. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Turns a checkpoint, or an ONNX file and its card, into one ONNX file that carries its card",
      "(crop, scaling, thresholds, license), and writes the card as JSON beside it."
    })
public final class ImportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A published checkpoint, or an ONNX file.")
  Path source;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The ONNX file to write (default: beside the checkpoint, with .onnx; required for an ONNX"
              + " input).")
  @Nullable Path out;

  @Option(
      names = "--card",
      paramLabel = "JSON",
      description =
          "The card to put inside (default: for an ONNX file the .card.json beside it; for a"
              + " checkpoint the catalog's).")
  @Nullable Path card;

  @Option(
      names = "--model",
      paramLabel = "ID",
      description = "The catalog id whose architecture it must be (default: any).")
  @Nullable String model;

  @Option(
      names = "--plain",
      description = "Keep the authors' graph, for GPUs; by default it is rewritten for CPUs.")
  boolean plain;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "float32, or int8: bytes, for CPUs, with a card whose id ends with -int8 (default:"
              + " float32).")
  Precision precision = Precision.FLOAT32;

  @Option(
      names = "--calibration",
      paramLabel = "DIR",
      description =
          "int8: photos with faces to measure the ranges of the network's values on (default: 32"
              + " faces of the sample album).")
  @Nullable Path calibration;

  @Option(names = "--force", description = "Overwrite existing files.")
  boolean force;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the parameters
  public ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    boolean int8 = precision == Precision.INT8;
    if (calibration != null && !int8) {
      throw Exit.wrongUsage(spec, "--calibration is for int8; add --precision int8");
    }
    if (plain && int8) {
      throw Exit.wrongUsage(spec, "--plain is for GPUs and int8 for CPUs; leave one of them out");
    }
    boolean isOnnx = ModelFile.isOnnx(source);
    if (out == null && isOnnx) {
      throw Exit.wrongUsage(spec, source + " is already an ONNX file; name the new one with --out");
    }
    Path onnx = out != null ? out : source.resolveSibling(ModelFile.nameOf(source) + ".onnx");
    Path json = onnx.resolveSibling(ModelFile.nameOf(onnx) + ".card.json");
    boolean cardStays = card != null && isSame(json, card);
    for (Path file : cardStays ? List.of(onnx) : List.of(onnx, json)) {
      if (isSame(file, source) || (card != null && isSame(file, card))) {
        throw Exit.wrongUsage(spec, file + " is the input; name another file with --out");
      }
      if (Files.exists(file) && !force) {
        throw Exit.wrongUsage(spec, file + " already exists; overwrite it with --force");
      }
    }
    err.println("[1/3] reading " + source);
    ModelFile read = ModelFile.read(source);
    requireModel(read);
    ModelCard given = card == null ? null : CardFile.read(card);
    if (isOnnx && given == null && read.card().isEmpty()) {
      throw Exit.wrongUsage(
          spec,
          source
              + " is an ONNX model that carries no card; write one as JSON, such as {\"id\":"
              + " \"their-model\", \"embeddingSize\": 512, \"crop\": {\"width\": 112, \"height\":"
              + " 112, \"rule\": \"arcface\"}}, and name it with --card");
    }
    err.println("[2/3] converting " + read.architecture().orElse("the model"));
    List<AlignedFace> crops = calibration == null ? List.of() : crops(read, given, calibration);
    ModelCard[] inside = new ModelCard[1];
    WholeFile.write(
        onnx,
        WholeFile.Access.UMASK,
        part -> {
          try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            if (int8) {
              double share = read.quantize(given, crops, channel);
              err.printf(
                  Locale.ROOT, "a run takes %.2f times float32's time on this processor%n", share);
            } else {
              read.convert(given, !plain, channel);
            }
          }
          err.println("[3/3] checking " + onnx);
          inside[0] = read.requireSound(part);
        });
    if (!cardStays) {
      WholeFile.write(
          json, WholeFile.Access.UMASK, CardFile.write(inside[0]).getBytes(StandardCharsets.UTF_8));
    }
    spec.commandLine()
        .getOut()
        .println(
            inside[0].fingerprint() + ": " + onnx + " (" + Files.size(onnx) + " bytes), " + json);
    return 0;
  }

  /** The largest face of each photo, cut as the model wants it. */
  private List<AlignedFace> crops(ModelFile read, @Nullable ModelCard given, Path photos) {
    ModelCard known = given != null ? given : read.card().orElseThrow();
    List<AlignedFace> crops = new ArrayList<>();
    try (FaceDetector detector = DefaultModels.detector().open()) {
      for (ImageSource photo : PhotoFiles.sources(spec, List.of(photos))) {
        Image image = photo.load();
        detector.detect(image).stream()
            .max(Comparator.comparingDouble(face -> face.box().area()))
            .ifPresent(face -> crops.add(FaceAligner.standard().align(image, face, known.crop())));
      }
    }
    if (crops.isEmpty()) {
      throw Exit.wrongUsage(spec, photos + " has no photo with a face; name another --calibration");
    }
    spec.commandLine().getErr().println("calibrating on " + crops.size() + " faces");
    return crops;
  }

  private static boolean isSame(Path a, Path b) throws IOException {
    return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
  }

  private void requireModel(ModelFile read) {
    if (model == null) {
      return;
    }
    String wanted = named(model).architecture();
    if (!read.architecture().equals(Optional.of(wanted))) {
      throw Exit.wrongUsage(
          spec,
          source
              + " is of "
              + read.architecture().orElse("no known architecture")
              + ", "
              + model
              + " is "
              + wanted
              + "; leave --model out");
    }
  }

  private static Backbone named(String id) {
    return Backbone.named(id)
        .orElseThrow(() -> new IllegalArgumentException("no embedder " + id + " in the catalog"));
  }
}
