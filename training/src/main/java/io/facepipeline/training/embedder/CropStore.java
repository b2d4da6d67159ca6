package io.facepipeline.training.embedder;

import io.facepipeline.CropSpec;
import io.facepipeline.Image;
import io.facepipeline.training.data.PictureStore;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The aligned crops of a training set in one file, 112x112 by the ArcFace template, and whom each
 * shows. Thread-safe.
 */
final class CropStore implements AutoCloseable {
  /** How the crops are cut. */
  static final CropSpec SPEC = CropSpec.arcFace(112);

  private final PictureStore crops;

  private CropStore(PictureStore crops) {
    this.crops = crops;
  }

  /**
   * Opens a store, which is made first if it is missing.
   *
   * @param file where it is; the names are beside it
   * @param source hands each crop, and a person's name or the empty string, to what it is given
   */
  static CropStore open(Path file, Consumer<BiConsumer<String, Image>> source) {
    return new CropStore(PictureStore.open(file, SPEC.width(), source));
  }

  int size() {
    return crops.size();
  }

  /** {@return whom a crop shows, or the empty string} */
  String person(int index) {
    return crops.name(index);
  }

  Image crop(int index) {
    return crops.picture(index);
  }

  @Override
  public void close() {
    crops.close();
  }
}
