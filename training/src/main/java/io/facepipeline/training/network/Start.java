package io.facepipeline.training.network;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.internal.ModelFiles;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a training starts from.
 *
 * @param network what is trained
 * @param weights those of its base, or null for random ones
 * @param input how it is fed; without a crop rule it looks at whole pictures
 * @param name what it is called in a model's card and in the settings of a run
 */
record Start(
    Classifier network, @Nullable Checkpoint weights, CatalogEntry.Input input, String name) {
  private static final float MIDDLE = 127.5f;

  /** How faces are cut for networks that bring no rule: as for most expression networks. */
  private static final CropSpec.Rule AROUND_THE_FACE = new CropSpec.Rule.ScaledBox(1.2f, true);

  /** {@return random weights of a small residual network} */
  static Start fromScratch(int side, boolean grey) {
    ColorOrder order = grey ? ColorOrder.GREY : ColorOrder.RGB;
    SmallResNet network = SmallResNet.of(side, order.channels());
    CatalogEntry.Input input =
        new CatalogEntry.Input(side, side, null, order, List.of(MIDDLE), List.of(MIDDLE), false);
    return new Start(new Classifier(network, network.features()), null, input, "random weights");
  }

  /**
   * {@return the weights of a model}
   *
   * @param model {@link DefaultModels#EMBEDDER}, a catalog id, or a checkpoint
   * @throws FacePipelineException if there is no such model, or it is none of checkpoints
   */
  static Start from(String model, ModelStore store) {
    if (model.equals(DefaultModels.EMBEDDER)) {
      try (FaceEmbedder embedder = DefaultModels.embedder()) {
        return of(DefaultModels.embedderWeights(), embedder.card(), model);
      }
    }
    Optional<CatalogEntry> known = ModelCatalog.installed().entry(model);
    if (known.isPresent()) {
      CatalogEntry entry = known.get();
      if (entry.isOnnx() || entry.inputs().isEmpty()) {
        throw new FacePipelineException(
            model
                + " cannot be trained: it is published as "
                + (entry.isOnnx() ? "an ONNX file, not a checkpoint" : "no network")
                + "; choose a model of checkpoints");
      }
      Checkpoint weights = Checkpoint.read(store.require(List.of(entry.file())).get(0));
      return of(weights, Architecture.named(entry.architecture()), entry.input(), model);
    }
    Path file = Path.of(model);
    if (!Files.isRegularFile(file)) {
      throw new FacePipelineException(
          "there is no model "
              + model
              + " to start from: it is neither a checkpoint, nor "
              + DefaultModels.EMBEDDER
              + ", nor in the catalog");
    }
    return ofFile(file);
  }

  private static Start ofFile(Path file) {
    if (ModelFile.isOnnx(file)) {
      throw new FacePipelineException(
          file
              + " is an ONNX file, whose network cannot be trained; give the checkpoint that it was"
              + " made from");
    }
    Checkpoint weights = Checkpoint.read(file);
    String name = String.valueOf(file.getFileName());
    if (Classifier.hasHead(weights)) {
      return ofClassifier(file, weights);
    }
    Optional<Path> beside = CardFile.beside(file);
    if (beside.isPresent()) {
      return of(weights, CardFile.read(beside.get()), name);
    }
    ModelFile known = ModelFile.of(weights);
    return known
        .card()
        .map(card -> of(weights, card, name))
        .orElseGet(
            () -> {
              CatalogEntry entry = known.imageClassifier().orElseThrow();
              return of(weights, Architecture.named(entry.architecture()), entry.input(), name);
            });
  }

  /** A classifier that was trained here: the model beside its weights says what it is. */
  private static Start ofClassifier(Path file, Checkpoint weights) {
    Path model = file.resolveSibling(ModelFile.nameOf(file) + ".onnx");
    if (!Files.isRegularFile(model)) {
      throw new FacePipelineException(
          file
              + " holds a trained classifier, but "
              + model
              + ", which says how it is fed, is not beside it; put it there");
    }
    ClassesCard card = ClassesCard.read(ModelFiles.graph(model, ModelFiles.read(model)).metadata());
    Architecture base =
        SmallResNet.named(card.architecture())
            .<Architecture>map(net -> net)
            .orElseGet(() -> Architecture.named(card.architecture()));
    return of(Classifier.withoutHead(weights), base, card.input(), card.id());
  }

  private static Start of(Checkpoint weights, ModelCard card, String name) {
    CatalogEntry.Input input =
        new CatalogEntry.Input(
            card.crop().width(),
            card.crop().height(),
            card.crop().rule(),
            card.colorOrder(),
            card.mean(),
            card.deviation(),
            card.whitened());
    return of(weights, Architecture.named(card.architecture()), input, name);
  }

  private static Start of(
      Checkpoint weights, Architecture base, CatalogEntry.Input input, String name) {
    if (input.width() != input.height()) {
      throw new FacePipelineException(
          name
              + " needs images of "
              + input.width()
              + "x"
              + input.height()
              + ", but classifiers are trained on squares; choose another model");
    }
    return new Start(new Classifier(base, base.outputSize(weights)), weights, input, name);
  }

  /** {@return a text that tells other weights apart} */
  String identity() {
    return weights == null ? name : name + " " + weights.sha256();
  }

  /** {@return what it looks at if nobody says} */
  Look look() {
    return input.rule() == null ? Look.PICTURES : Look.FACES;
  }

  /** {@return the same, fed with what is looked at} */
  Start looking(Look look) {
    CropSpec.Rule own = input.rule() == null ? AROUND_THE_FACE : input.rule();
    CatalogEntry.Input fed =
        new CatalogEntry.Input(
            input.width(),
            input.height(),
            look == Look.PICTURES ? null : own,
            input.colorOrder(),
            input.mean(),
            input.deviation(),
            input.whitened());
    return new Start(network, weights, fed, name);
  }
}
