package io.facepipeline.opencv;

import io.facepipeline.FacePipelineException;
import io.facepipeline.opencv.internal.Natives;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/** As many copies of a cascade as threads use it at a time, since a copy is for one thread. */
final class Cascades implements AutoCloseable {
  private final String file;
  private final ConcurrentLinkedQueue<CascadeClassifier> idle = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Opens a cascade.
   *
   * @param path below OpenCV's shared files, such as {@code haarcascades/haarcascade_eye.xml}
   * @throws FacePipelineException if it cannot be unpacked or read
   */
  Cascades(String path) {
    Natives.require();
    try {
      File unpacked =
          Loader.cacheResource(opencv_core.class, Loader.getPlatform() + "/share/opencv4/" + path);
      if (unpacked == null) {
        throw new FacePipelineException(
            "the cascade "
                + path
                + " is not on the class path; add OpenCV's natives for "
                + Loader.getPlatform());
      }
      file = unpacked.getAbsolutePath();
    } catch (IOException e) {
      throw new FacePipelineException("the cascade " + path + " cannot be unpacked: " + e, e);
    }
    idle.add(read());
  }

  private CascadeClassifier read() {
    // Kept beyond the scope of whoever asks for it first.
    CascadeClassifier cascade = new CascadeClassifier(file).retainReference();
    if (cascade.empty()) {
      cascade.close();
      throw new FacePipelineException("opencv cannot read the cascade " + file);
    }
    return cascade;
  }

  /** {@return what a task makes with a copy of its own} */
  <T> T with(Function<CascadeClassifier, T> task) {
    if (closed.get()) {
      throw new IllegalStateException("the detector is closed");
    }
    CascadeClassifier taken = idle.poll();
    CascadeClassifier cascade = taken == null ? read() : taken;
    try {
      return task.apply(cascade);
    } finally {
      idle.add(cascade);
      if (closed.get()) {
        drain();
      }
    }
  }

  private void drain() {
    List<CascadeClassifier> all = new ArrayList<>();
    for (CascadeClassifier c = idle.poll(); c != null; c = idle.poll()) {
      all.add(c);
    }
    all.forEach(CascadeClassifier::close);
  }

  @Override
  public void close() {
    closed.set(true);
    drain();
  }
}
