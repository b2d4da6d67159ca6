package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.internal.Fit;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.student.NewOutputs;
import io.facepipeline.training.student.Student;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network that is trained.
 *
 * @param architecture of any name that {@link Architecture#named} knows
 */
record StudentNetwork(Architecture architecture) {
  /** The library's own compact network, whose crops are shrunk before the training. */
  static final String COMPACT = "CompactNet";

  /** Of the models whose weights a training may start from. */
  private static final Set<Kind> KINDS = Set.of(Kind.FACE_EMBEDDER, Kind.IMAGE_CLASSIFIER);

  private static final CatalogEntry.Input USUAL =
      new CatalogEntry.Input(
          CropStore.USUAL.width(),
          CropStore.USUAL.height(),
          CropStore.USUAL.rule(),
          ModelCard.ColorOrder.RGB,
          List.of(127.5f),
          List.of(128f),
          false);

  /**
   * {@return a network by its architecture's name}
   *
   * @throws IllegalArgumentException if there is none; the message lists the known names
   */
  static StudentNetwork named(String architecture) {
    return new StudentNetwork(Architecture.named(architecture));
  }

  /** {@return the network whose tensors a checkpoint has, if the catalog knows its architecture} */
  static Optional<StudentNetwork> of(Checkpoint checkpoint) {
    try {
      return ModelFile.of(checkpoint).architecture().map(StudentNetwork::named);
    } catch (MalformedModelException e) {
      return Optional.empty();
    }
  }

  /**
   * {@return weights to start from}
   *
   * @param from a checkpoint, {@link DefaultModels#EMBEDDER}, or a catalog id
   * @param store finds those of the catalog
   * @throws FacePipelineException if there are none, or the model is published as an ONNX file
   */
  static Checkpoint weights(String from, ModelStore store) {
    if (from.equals(DefaultModels.EMBEDDER)) {
      return DefaultModels.embedderWeights();
    }
    if (Files.exists(Path.of(from))) {
      return Checkpoint.read(Path.of(from));
    }
    CatalogEntry known =
        ModelCatalog.installed()
            .entry(from)
            .filter(entry -> KINDS.contains(entry.kind()) && !entry.isOnnx())
            .orElseThrow(
                () ->
                    new FacePipelineException(
                        "there are no weights "
                            + from
                            + " to start from: it is neither a checkpoint, nor "
                            + DefaultModels.EMBEDDER
                            + ", nor an embedder or image classifier of the catalog that is"
                            + " published as a checkpoint"));
    return Checkpoint.read(store.require(List.of(known.file())).get(0));
  }

  /** The name of the architecture, which runs what was trained. */
  String name() {
    return architecture.name();
  }

  /** {@return this network, trained on crops that are not shrunk before} */
  StudentNetwork onWholeCrops() {
    return isShrunk() ? new StudentNetwork(new WholeCrops(architecture)) : this;
  }

  /**
   * {@return how it is fed: as the catalog's embedders of this architecture, or as most are, with
   * crops of 112x112 by the ArcFace template}
   */
  CatalogEntry.Input input() {
    return Backbone.values().stream()
        .filter(known -> known.architecture().equals(name()))
        .findFirst()
        .map(known -> known.entry().input())
        .orElse(USUAL);
  }

  /**
   * The width and height of the images that it is trained on.
   *
   * @throws FacePipelineException if its crops are not square
   */
  int side() {
    CatalogEntry.Input input = input();
    if (input.width() != input.height()) {
      throw new FacePipelineException(
          "the crops of "
              + name()
              + " have "
              + input.width()
              + "x"
              + input.height()
              + " pixels, and only networks of square crops are trained; choose another --student");
    }
    return isShrunk() ? AreaShrink.SIDE : input.width();
  }

  private boolean isShrunk() {
    return isCompact() && !(architecture instanceof WholeCrops);
  }

  private boolean isCompact() {
    return name().equals(COMPACT);
  }

  /**
   * Makes the network. Where weights to start from give another number of outputs, the layers of
   * the outputs begin anew.
   *
   * @param outputs the dimensions of an embedding
   * @param half whether convolutions are computed in bfloat16
   * @param random decides the weights
   * @param from the weights to start from, or null for random ones
   * @throws io.facepipeline.onnx.MalformedModelException if they are of another network
   */
  Student student(int outputs, boolean half, RandomGenerator random, @Nullable Checkpoint from) {
    if (from != null) {
      requireNoOther(from);
    }
    Student.Form form = new Student.Form(outputs, side(), half);
    // The compact network may grow: it has all its blocks, whatever the checkpoint has.
    Student student = new Student(architecture, form, random, isCompact() ? null : from);
    if (from != null) {
      try {
        Checkpoint fresh = student.checkpoint();
        Checkpoint grown = isCompact() ? CompactGrowth.of(from, fresh) : from;
        student.load(NewOutputs.of(architecture, grown, fresh));
      } catch (RuntimeException | Error e) {
        student.close();
        throw e;
      }
    }
    return student;
  }

  /** Says of weights of another network which one it is, rather than which tensor is missing. */
  private void requireNoOther(Checkpoint from) {
    if (Fit.of(architecture, from).fits()) {
      return;
    }
    Architecture.known().stream()
        .filter(other -> !other.name().equals(name()) && Fit.of(other, from).fits())
        .findFirst()
        .ifPresent(
            other -> {
              throw new MalformedModelException(
                  from.file()
                      + ": the weights are those of "
                      + other.name()
                      + ", and the network to train is "
                      + name()
                      + "; start from weights of "
                      + name()
                      + ", or train "
                      + other.name()
                      + " with --student");
            });
  }
}
