package io.facepipeline.training.torch;

import io.facepipeline.internal.UserCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;

/** Loads PyTorch's native libraries, all of them from the same place. */
public final class Torch {

  private Torch() {}

  /**
   * Unpacks every library before loading the first. If they were unpacked one by one, a library
   * could load the operating system's copy of another one, and two versions of PyTorch in one
   * process crash it.
   */
  public static void load() {
    UserCache.holdJavaCppNatives();
    try {
      Loader.cacheResources("/org/bytedeco/pytorch/" + Loader.getPlatform());
    } catch (IOException e) {
      throw new UncheckedIOException("PyTorch's libraries could not be unpacked", e);
    }
    Loader.load(org.bytedeco.pytorch.global.torch.class);
  }
}
