package io.facepipeline.embedding;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.ConverterVersion;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.embedding.internal.ModelFiles;
import io.facepipeline.embedding.internal.OnnxConversion;
import io.facepipeline.embedding.internal.SampleFaces;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardMetadata;
import io.facepipeline.onnx.internal.OnnxContent;
import io.facepipeline.onnx.internal.PreparedModel;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens models in their quantized form, which is made once and kept. */
final class Int8Models {
  private static final System.Logger LOG = System.getLogger(OnnxFaceEmbedder.class.getName());

  private Int8Models() {}

  /** The crops that ranges are measured on: the caller's, or the ones inside the artifact. */
  static List<AlignedFace> crops(List<AlignedFace> given, CropSpec spec, String model) {
    if (given.isEmpty()) {
      return SampleFaces.cut(spec);
    }
    for (AlignedFace crop : given) {
      if (!crop.spec().equals(spec)) {
        throw new IllegalArgumentException(
            model
                + " needs crops of "
                + spec
                + ", got one of "
                + crop.spec()
                + " for calibration; align the faces with the embedder's own crop()");
      }
    }
    return given;
  }

  /** The quantized form of an ONNX file, where it is wanted, is not there yet, and is faster. */
  static Optional<OnnxFaceEmbedder> ofFile(
      Path file, @Nullable ModelCard given, EmbedderOptions options) {
    if (!options.int8()) {
      return Optional.empty();
    }
    Graph stored = ModelFiles.graph(file, ModelFiles.read(file));
    if (Int8Form.isInt8(stored.metadata())) {
      return Optional.empty();
    }
    boolean carded = CardMetadata.isPresent(stored.metadata());
    ModelCard known =
        carded ? CardMetadata.read(stored.metadata()) : EntryCards.ofOnnx(file).orElse(null);
    ModelCard used = given == null ? known : given;
    if (used == null) {
      return Optional.empty(); // which is reported as without int8
    }
    return open(
        file.toString(),
        used.id(),
        used.crop(),
        List.of(OnnxContent.sha256(file), used.toString()),
        () -> OnnxConversion.described(file, known, given),
        options,
        ModelStore.fromEnvironment().converted());
  }

  /**
   * The quantized form of a model, or nothing where it takes longer than the float model on this
   * machine.
   *
   * @param source what messages call the model
   * @param id of the float model
   * @param crop how its crops are cut
   * @param dependsOn all that the float model depends on
   * @param floats makes it, with its card inside
   */
  static Optional<OnnxFaceEmbedder> open(
      String source,
      String id,
      CropSpec crop,
      List<String> dependsOn,
      Supplier<Graph> floats,
      EmbedderOptions options,
      ConvertedModels kept) {
    List<AlignedFace> crops = crops(options.calibration(), crop, id);
    List<String> all = new ArrayList<>(dependsOn);
    all.add(ConverterVersion.current());
    all.add(Int8Form.key(crops));
    Optional<String> machine = PreparedModel.machine();
    machine.ifPresent(all::add);
    // Faster here says nothing about elsewhere: without a name for this machine nothing is kept.
    OnnxFaceEmbedder embedder =
        machine.isPresent()
            ? kept(source, id, all, floats, crops, options, kept)
            : OnnxFaceEmbedder.ofModel(
                OnnxFile.write(Int8Form.measured(floats.get(), crops, source)), source, options);
    return fasterThanFloats(embedder, id);
  }

  /** A quantized model, or nothing, closed and with a warning, where its file says it is slower. */
  static Optional<OnnxFaceEmbedder> fasterThanFloats(OnnxFaceEmbedder embedder, String id) {
    double share = embedder.shareOfFloatTime();
    if (share < 1) {
      return Optional.of(embedder);
    }
    embedder.close();
    LOG.log(
        System.Logger.Level.WARNING,
        String.format(
            Locale.ROOT,
            "%s runs in float32: in int8 it takes %.2f times as long on this processor",
            id,
            share));
    return Optional.empty();
  }

  private static OnnxFaceEmbedder kept(
      String source,
      String id,
      List<String> dependsOn,
      Supplier<Graph> floats,
      List<AlignedFace> crops,
      EmbedderOptions options,
      ConvertedModels kept) {
    Path file;
    try {
      file =
          kept.prepared(
              id + Int8Form.SUFFIX,
              dependsOn,
              out -> OnnxFile.write(Int8Form.measured(floats.get(), crops, source), out),
              PreparedModel::write);
    } catch (ModelStoreException e) {
      LOG.log(
          System.Logger.Level.WARNING, id + " is quantized again for this run: " + e.getMessage());
      return OnnxFaceEmbedder.ofModel(
          OnnxFile.write(Int8Form.measured(floats.get(), crops, source)), source, options);
    }
    return OnnxFaceEmbedder.ofModel(file, source, options);
  }
}
