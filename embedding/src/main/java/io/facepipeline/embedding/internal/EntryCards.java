package io.facepipeline.embedding.internal;

import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.internal.OnnxContent;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cards of files that are used as a model of the catalog. How a file is fed is the model's;
 * what somebody measured or granted is a published file's, told by its hash, and no other's.
 */
public final class EntryCards {
  private EntryCards() {}

  /** What a file is called: by the catalog's id if it is the published one, else by its name. */
  public static String id(CatalogEntry entry, Path file, String sha256) {
    return entry.isPublishedAs(sha256) ? entry.id() : ModelFile.nameOf(file);
  }

  public static ModelCard card(
      CatalogEntry entry, Path file, String sha256, String architecture, int embeddingSize) {
    CatalogEntry.Input input = entry.input();
    ModelCardBuilder card =
        ModelCard.builder(id(entry, file, sha256))
            .architecture(architecture)
            .embeddingSize(embeddingSize)
            .crop(input.crop())
            .colorOrder(input.colorOrder())
            .scaling(input.mean(), input.deviation())
            .sourceSha256(sha256);
    if (input.whitened()) {
      card.whitened();
    }
    if (entry.isPublishedAs(sha256)) {
      card.license(entry.file().license().name())
          .commercialUse(entry.file().license().commercialUse())
          .trainedOn(entry.trainedOn().orElse("unknown"))
          .origin(entry.file().origin())
          .thresholds(entry.thresholds().orElse(null));
    }
    return card.build();
  }

  /** The card of an ONNX file of an entry's. */
  public static ModelCard card(CatalogEntry entry, Path file, String sha256) {
    return card(entry, file, sha256, entry.architecture(), entry.embeddingSize());
  }

  /**
   * The card of an ONNX file that carries none: that of the file beside it, else what the catalog
   * knows of a published file.
   */
  public static Optional<ModelCard> ofOnnx(Path file) {
    Optional<Path> beside = CardFile.beside(file);
    if (beside.isPresent()) {
      ModelCard card = CardFile.read(beside.get());
      return Optional.of(card.withSourceSha256(OnnxContent.sha256(file)));
    }
    String sha256 = Checkpoint.sha256(file);
    return KnownModels.near(file)
        .published(sha256)
        .filter(entry -> entry.isOnnx() && !OnnxContent.hasExternalData(file))
        .map(entry -> card(entry, file, sha256));
  }

  /** All that a card takes from an entry, to tell conversions by changed entries apart. */
  public static String text(CatalogEntry entry, String sha256) {
    return entry.input()
        + " "
        + (entry.isPublishedAs(sha256)
            ? entry.thresholds() + " " + entry.file().origin() + " " + entry.file().license()
            : "");
  }
}
