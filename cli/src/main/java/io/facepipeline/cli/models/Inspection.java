package io.facepipeline.cli.models;

import io.facepipeline.ModelCard;
import io.facepipeline.cli.stages.Thresholds;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Dim;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.AttributeEntries;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code models inspect} says of a file. */
final class Inspection {
  private final Path file;
  private final PrintWriter out;

  Inspection(Path file, PrintWriter out) {
    this.file = file;
    this.out = out;
  }

  void print() throws IOException {
    String sha256 = Checkpoint.sha256(file);
    line("file", file);
    line("size", Files.size(file) + " bytes");
    line("sha256", sha256);
    if (!ModelFile.isOnnx(file)) {
      Checkpoint checkpoint = Checkpoint.read(file);
      Optional<String> detector = Mtcnn.networksIn(checkpoint);
      if (detector.isPresent()) {
        line("format", checkpoint.format());
        line("architecture", "MTCNN: " + detector.get());
        line("tensors", checkpoint.tensors().size());
        publication(sha256);
        line("use", "weights of the detector; see --detector");
        return;
      }
    }
    if (ModelFile.isOnnx(file)) {
      Map<String, String> metadata = OnnxFile.read(Files.readAllBytes(file)).metadata();
      if (ClassesCard.isPresent(metadata)) {
        line("format", "onnx");
        graph();
        classifier(ClassesCard.read(metadata));
        return;
      }
      Optional<CatalogEntry> attribute = AttributeEntries.of(file);
      if (attribute.isPresent()) {
        line("format", "onnx");
        graph();
        publication(sha256);
        attribute(attribute.get());
        return;
      }
    }
    describe(ModelFile.read(file));
  }

  /** A model that carries its labels. */
  private void classifier(ClassesCard card) {
    line("architecture", card.architecture());
    line("model", card.id());
    line("labels", String.join(", ", card.labels()));
    int side = card.side();
    line(
        "crop",
        side + "x" + side + card.rule().map(rule -> " by " + rule.text()).orElse(", the middle"));
    line("input", scaled(card.colorOrder(), card.mean(), card.deviation(), card.whitened()));
    known("license", card.license());
    known("origin", card.origin());
    line(
        "use",
        card.attribute()
            .map(a -> "tells the " + a + " of faces: expression --model " + file)
            .orElse("classify-image --model " + file));
  }

  /** A model that a catalog describes. */
  private void attribute(CatalogEntry entry) {
    line("architecture", entry.architecture());
    line("model", entry.id());
    line("attribute", entry.attribute().orElseThrow());
    if (!entry.classes().isEmpty()) {
      line("classes", String.join(", ", entry.classes()));
    }
    line("output", entry.output());
    line("crop", entry.input().crop());
    line(
        "input",
        scaled(
            entry.input().colorOrder(),
            entry.input().mean(),
            entry.input().deviation(),
            entry.input().whitened()));
    known("license", entry.file().license().toString());
    known("origin", entry.file().origin());
    line("use", "analyze --attribute " + file);
  }

  private void describe(ModelFile model) throws IOException {
    line("format", model.format());
    if (!model.place().isEmpty()) {
      line("found in", model.place());
    }
    if (model.format().equals("onnx")) {
      graph();
    }
    model.architecture().ifPresent(a -> line("architecture", a));
    line("tensors", model.tensors());
    line("parameters", model.parameters());
    publication(model.sha256());
    model.accuracy().ifPresent(a -> line("published", a));
    if (model.format().equals("onnx")) {
      line(
          "card",
          model.isCardInside()
              ? "inside the file, as its author states"
              : model.card().isPresent() ? "beside the file" : "none");
    }
    model.card().ifPresent(this::card);
    line("use", use(model));
  }

  private void graph() throws IOException {
    Graph graph = OnnxFile.read(Files.readAllBytes(file));
    line("operators", "version " + graph.opset() + ", " + graph.nodes().size() + " operations");
    line("inputs", ports(graph.dataInputs()));
    line("outputs", ports(graph.outputs()));
    if (Int8Form.isInt8(graph.metadata())) {
      int crops = Int8Form.calibrationCrops(graph.metadata());
      line("precision", "int8, its ranges measured on " + crops + " faces");
    }
  }

  private static String ports(List<Port> ports) {
    return ports.stream().map(Inspection::port).collect(Collectors.joining("; "));
  }

  /** Its name, and its extents where they are stated. */
  private static String port(Port port) {
    if (port.dims() == null) {
      return port.name();
    }
    return port.name()
        + " "
        + port.dims().stream().map(Inspection::extent).collect(Collectors.joining(" x "));
  }

  private static String extent(Dim dim) {
    if (dim.size() >= 0) {
      return String.valueOf(dim.size());
    }
    return dim.name().isEmpty() ? "any" : dim.name();
  }

  private void publication(String sha256) {
    Optional<PublishedFile> known =
        Catalogue.entries().stream()
            .flatMap(entry -> entry.files().stream())
            .filter(published -> published.isPublishedAs(sha256))
            .findFirst();
    line(
        "publication",
        known
            .map(p -> p.id() + ", " + p.origin() + ", " + p.license())
            .orElse("not in the catalog"));
  }

  private void card(ModelCard card) {
    line("model", card.fingerprint());
    line("embedding", card.embeddingSize() + " numbers");
    line("crop", card.crop());
    line("input", scaled(card.colorOrder(), card.mean(), card.deviation(), card.whitened()));
    known("license", card.license());
    known("origin", card.origin());
    card.measured().ifPresent(t -> line("thresholds", text(t)));
  }

  private static String scaled(
      ModelCard.ColorOrder order, List<Float> mean, List<Float> deviation, boolean whitened) {
    return order
        + (whitened
            ? ", whitened: each crop by its own mean and deviation"
            : ", (x - " + mean + ") / " + deviation);
  }

  private void known(String name, String value) {
    if (!value.isBlank() && !value.equals("unknown")) {
      line(name, value);
    }
  }

  private String use(ModelFile model) {
    if (model.format().equals("onnx")) {
      Optional<CatalogEntry> detector = DetectorModel.of(file).entry();
      if (detector.isPresent()) {
        return "the detector " + detector.get() + "; see --detector";
      }
    }
    if (model.imageClassifier().isPresent()) {
      return "an image classifier, not an embedder: run it with classify-image, in Java"
          + " ImageClassifier.load(\""
          + model.imageClassifier().get().id()
          + "\", store)";
    }
    Optional<ModelCard> card = model.card();
    if (card.isEmpty()) {
      return "none yet: write a card as JSON and put it inside with import "
          + file
          + " --card JSON --out FILE, if it is an embedder of faces";
    }
    Optional<String> problem = model.problem();
    if (problem.isPresent()) {
      return "refused: " + problem.get();
    }
    return card.get().measured().isPresent()
        ? "--embedder " + file
        : "--embedder " + file + " with --threshold T: " + Thresholds.howToMeasure(file.toString());
  }

  private static String text(ModelCard.Thresholds t) {
    return "verification "
        + t.verification()
        + ", identification "
        + t.identification()
        + " ("
        + t.data()
        + ")";
  }

  private void line(String name, Object value) {
    out.printf(Locale.ROOT, "%-14s%s%n", name + ":", value);
  }
}
