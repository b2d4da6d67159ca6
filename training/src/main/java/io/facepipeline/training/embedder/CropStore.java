package io.facepipeline.training.embedder;

import io.facepipeline.CropSpec;
import io.facepipeline.Image;
import io.facepipeline.training.data.PictureStore;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The aligned crops of a training set in one file, and whom each shows. Thread-safe. */
final class CropStore implements AutoCloseable {
  /** How most networks want their crops, and those of sheets are. */
  static final CropSpec USUAL = CropSpec.arcFace(112);

  private final CropSpec spec;
  private final PictureStore crops;

  private CropStore(CropSpec spec, PictureStore crops) {
    this.spec = spec;
    this.crops = crops;
  }

  /**
   * Opens a store, which is made first if it is missing.
   *
   * @param file where it is; the names are beside it
   * @param spec how its crops are cut
   * @param source hands each crop, and a person's name or the empty string, to what it is given
   */
  static CropStore open(Path file, CropSpec spec, Consumer<BiConsumer<String, Image>> source) {
    return new CropStore(spec, PictureStore.open(file, spec.width(), source));
  }

  /** {@return how the crops are cut} */
  CropSpec spec() {
    return spec;
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
