package io.facepipeline.ffmpeg;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames into an MP4 file, at one rate or each at its time, with the sound of another file
 * if wanted. The file exists after {@link #finish}; closing without it leaves nothing behind.
 * Frames are scaled to the size of the first one. The video is H.264 (OpenH264, which every browser
 * plays) where FFmpeg has it, otherwise MPEG-4; neither needs the GPL. Each call codes its frame
 * before it returns. Not thread-safe.
 *
 * <pre>{@code
 * try (VideoReader in = VideoReader.open(video);
 *     VideoWriter out = VideoWriter.to(annotated, in.framesPerSecond(), video)) {
 *   for (Image frame = in.nextReadable(); frame != null; frame = in.nextReadable()) {
 *     out.writeAt(FaceDrawing.on(frame).faces(faces.detect(frame)).toImage(), in.seconds());
 *   }
 *   out.finish();
 * }
 * }</pre>
 */
public final class VideoWriter implements AutoCloseable {
  private static final double DEFAULT_RATE = 25;

  private final Path target;
  private final double rate;
  private @Nullable SoundTracks sound;
  private @Nullable Path temporary;
  private @Nullable VideoFile file;
  private @Nullable Image before;
  private double last = -1;
  private long written;
  private boolean ended;

  private VideoWriter(Path target, double rate, @Nullable SoundTracks sound) {
    this.target = target.toAbsolutePath();
    this.rate = rate > 0 ? rate : DEFAULT_RATE;
    this.sound = sound;
  }

  /**
   * {@return a writer of a video without sound; nothing is written before the first frame}
   *
   * @param target the file; replaced if it exists; its folder is created if needed
   * @param framesPerSecond the frames per second; 0, which a {@link
   *     io.facepipeline.FrameSource#framesPerSecond source} returns for unknown, means 25
   * @throws IllegalArgumentException if the number is negative or not finite
   * @throws VideoException if FFmpeg's libraries for this platform are missing
   */
  public static VideoWriter to(Path target, double framesPerSecond) {
    checkRate(framesPerSecond);
    VideoReader.load();
    return new VideoWriter(target, framesPerSecond, null);
  }

  /**
   * {@return a writer of a video with the sound of another file, whose packets are copied as they
   * are} The sound keeps its time from the first frame of that file on. It goes on to its end, but
   * no further than the last frame if more than a second of that file's frames is left out there. A
   * file without sound gives none.
   *
   * @param target the file; replaced if it exists; its folder is created if needed
   * @param framesPerSecond as in {@link #to(Path, double)}; with {@link #writeAt} about so many
   * @param soundOf the video from which the frames are, or a file of sound alone; it is read until
   *     the writer is finished or closed
   * @throws IllegalArgumentException if the number is negative or not finite, or the file does not
   *     exist or cannot be read
   * @throws VideoException if it is no video or sound, or the sound is coded in a way that MP4
   *     cannot hold, or FFmpeg's libraries for this platform are missing
   */
  public static VideoWriter to(Path target, double framesPerSecond, Path soundOf) {
    checkRate(framesPerSecond);
    if (!Files.isReadable(soundOf)) {
      throw new IllegalArgumentException(
          "there is no file " + soundOf + " to take the sound of; give a video");
    }
    VideoReader.load();
    SoundTracks sound = new SoundTracks(soundOf);
    boolean ready = false;
    try {
      sound.requireFit();
      ready = true;
      return new VideoWriter(target, framesPerSecond, sound);
    } finally {
      if (!ready) {
        sound.close();
      }
    }
  }

  private static void checkRate(double framesPerSecond) {
    if (!(framesPerSecond >= 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the frames per second must be at least 0 (unknown), got " + framesPerSecond);
    }
  }

  /**
   * Writes the next frame.
   *
   * @param frame the frame
   * @throws VideoException if the file cannot be written
   * @throws IllegalStateException if the writer was finished or closed
   */
  public void write(Image frame) {
    write(frame, written);
  }

  /**
   * Writes a frame at its index. The last frame is repeated for skipped ones, so all frames keep
   * their time.
   *
   * @param frame the frame
   * @param index its index in the video, from 0 and higher than the previous one
   * @throws IllegalArgumentException if the index is not higher than the previous one
   * @throws VideoException if the file cannot be written
   * @throws IllegalStateException if the writer was finished or closed
   */
  public void write(Image frame, long index) {
    requireOpen();
    if (index < written) {
      throw new IllegalArgumentException(
          "frame " + index + " was already written; the next is " + written);
    }
    while (before != null && written < index) {
      record(before, written / rate);
    }
    written = index;
    record(frame, index / rate);
  }

  /**
   * Writes a frame at its time, such as a {@link io.facepipeline.FrameSource#seconds source} tells
   * it. It is shown until the next.
   *
   * @param frame the frame
   * @param seconds since the beginning, at least 0 and more than of the frame before; kept to
   *     1/60,000 of a second
   * @throws IllegalArgumentException if the time is not after that of the frame before
   * @throws VideoException if the file cannot be written
   * @throws IllegalStateException if the writer was finished or closed
   */
  public void writeAt(Image frame, double seconds) {
    requireOpen();
    record(frame, seconds);
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException(
          "the video " + target + " was finished or closed; write into a new one");
    }
  }

  private void record(Image picture, double seconds) {
    if (!(seconds >= 0 && seconds > last && seconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a frame cannot be written at "
              + seconds
              + " s; times begin at 0, and "
              + (last < 0 ? "this is the first" : "the frame before was at " + last + " s"));
    }
    VideoFile open = file == null ? open(picture.width(), picture.height()) : file;
    open.write(picture, seconds);
    last = seconds;
    written++;
    before = picture;
  }

  private VideoFile open(int width, int height) {
    Path folder = target.resolveSibling(".");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new VideoException(
          "cannot create the folder " + folder + "; check that its parent is writable", e);
    }
    // FFmpeg makes it, with the rights that the user's umask leaves.
    Path part = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part.mp4");
    temporary = part;
    VideoFile opened = new VideoFile(part, target, width, height, rate, sound);
    file = opened;
    return opened;
  }

  /**
   * Finishes the video: the complete file exists when this returns.
   *
   * @throws io.facepipeline.FacePipelineException if there was no frame, or the file cannot be
   *     written
   */
  public void finish() {
    if (file == null || temporary == null) {
      throw new FacePipelineException("no frame was written to " + target);
    }
    ended = true;
    file.finish();
    release();
    try {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      temporary = null;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private FacePipelineException unwritable(IOException e) {
    return new VideoException(
        "cannot write the video " + target + "; check that the folder is writable", e);
  }

  private void release() {
    before = null;
    if (file != null) {
      file.close();
      file = null;
    }
    if (sound != null) {
      sound.close();
      sound = null;
    }
  }

  /** Frees FFmpeg's memory. Without {@link #finish} no file remains. */
  @Override
  public void close() {
    ended = true;
    release();
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
        temporary = null;
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
