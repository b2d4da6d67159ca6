package io.facepipeline.embedding.internal;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CatalogBeside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds out which model of a catalog a file is: by its hash, else by the tensors of the
 * architecture. What a catalog beside the file says ({@code theirs.model.json} for {@code
 * theirs.pth}) goes before what is installed.
 */
public final class KnownModels {
  private final ModelCatalog catalog;

  private KnownModels(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /** The models that a file may be of. */
  public static KnownModels near(Path file) {
    ModelCatalog installed = ModelCatalog.installed();
    return new KnownModels(
        CatalogBeside.of(file).map(beside -> beside.and(installed)).orElse(installed));
  }

  /** The embedder that a file was published as. */
  public Optional<CatalogEntry> published(String sha256) {
    return catalog.entries(Kind.FACE_EMBEDDER).stream()
        .filter(entry -> entry.isPublishedAs(sha256))
        .findFirst();
  }

  /** The embedder whose architecture a checkpoint is of, the first where there are several. */
  public Optional<CatalogEntry> fitting(Checkpoint checkpoint) {
    return first(Kind.FACE_EMBEDDER, checkpoint);
  }

  /**
   * What a checkpoint is: a published file, else of an embedder's architecture, else of classes.
   */
  public CatalogEntry identify(Checkpoint checkpoint) {
    return published(checkpoint.sha256())
        .or(() -> fitting(checkpoint))
        .or(() -> first(Kind.IMAGE_CLASSIFIER, checkpoint))
        .orElseThrow(() -> unknown(checkpoint));
  }

  private Optional<CatalogEntry> first(Kind kind, Checkpoint checkpoint) {
    Map<Architecture, CatalogEntry> candidates = candidates(kind);
    return candidates.keySet().stream()
        .filter(architecture -> Fit.of(architecture, checkpoint).fits())
        .findFirst()
        .map(candidates::get);
  }

  /** The first entry of each architecture that is at hand. */
  private Map<Architecture, CatalogEntry> candidates(Kind kind) {
    Map<Architecture, CatalogEntry> candidates = new LinkedHashMap<>();
    for (CatalogEntry entry : catalog.entries(kind)) {
      if (!entry.isOnnx()) {
        Architectures.find(entry.architecture())
            .ifPresent(architecture -> candidates.putIfAbsent(architecture, entry));
      }
    }
    return candidates;
  }

  /** What is to be said of a checkpoint that is of no architecture. */
  public MalformedModelException unknown(Checkpoint checkpoint) {
    List<Fit> fits = new ArrayList<>();
    for (Kind kind : List.of(Kind.FACE_EMBEDDER, Kind.IMAGE_CLASSIFIER)) {
      candidates(kind).keySet().forEach(a -> fits.add(Fit.of(a, checkpoint)));
    }
    String hint =
        Fit.nearest(fits)
            .map(f -> "the nearest is " + f.architecture().name() + ": " + f.problem())
            .orElseGet(
                () ->
                    "known are "
                        + fits.stream()
                            .map(f -> f.architecture().name())
                            .collect(Collectors.joining(", ")));
    return new MalformedModelException(
        checkpoint.file() + ": the tensors are of no known architecture; " + hint);
  }
}
