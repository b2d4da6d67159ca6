package io.facepipeline.detection.video;

import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.drawing.FaceMasking;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The frames of a video whose faces are known, without the faces. Not thread-safe. */
final class MaskedFrames implements FrameSource {
  private final FrameSource frames;
  private final FaceMasking masking;
  private final List<Sightings> paths;
  private final int reach;
  private final SortedSet<Long> cuts;
  private final List<Long> known;
  private final ProgressListener progress;
  private final List<Size> sizes = new ArrayList<>();
  private long index;

  /** A frame's size in pixels. */
  record Size(int width, int height) {}

  /**
   * @param frames the video from its first frame on; closed with this
   * @param known the indices of the frames that can be read and in which faces were looked for
   * @param progress is told of each frame
   */
  MaskedFrames(
      FrameSource frames,
      FaceMasking masking,
      List<Sightings> paths,
      int reach,
      SortedSet<Long> cuts,
      List<Long> known,
      ProgressListener progress) {
    this.frames = frames;
    this.masking = masking;
    this.paths = paths;
    this.reach = reach;
    this.cuts = cuts;
    this.known = known;
    this.progress = progress;
  }

  @Override
  public @Nullable Image next() {
    if (sizes.size() == known.size()) {
      return null;
    }
    long wanted = known.get(sizes.size());
    while (index < wanted) {
      pass();
    }
    Image image = frames.next();
    if (image == null) {
      throw changed("there when its faces were looked for and is gone");
    }
    List<Face> faces = new ArrayList<>();
    for (Sightings path : paths) {
      path.at(index, reach, cuts).ifPresent(faces::add);
    }
    sizes.add(new Size(image.width(), image.height()));
    progress.progress(sizes.size(), known.size(), "frame " + index);
    index++;
    return masking.mask(image, faces);
  }

  /** Goes on to the next frame, without this one, which could not be read before. */
  private void pass() {
    try {
      frames.next();
    } catch (FacePipelineException e) {
      index++;
      return;
    }
    throw changed("not to be read when its faces were looked for and is there");
  }

  private FacePipelineException changed(String how) {
    return new FacePipelineException(
        "frame " + index + " of the video was " + how + " now; give a video that does not change");
  }

  /** The sizes of the frames that were given, one after another. */
  List<Size> sizes() {
    return sizes;
  }

  @Override
  public double seconds() {
    return frames.seconds();
  }

  @Override
  public long estimatedFrames() {
    return known.size();
  }

  @Override
  public double framesPerSecond() {
    return frames.framesPerSecond();
  }

  @Override
  public void close() {
    frames.close();
  }
}
