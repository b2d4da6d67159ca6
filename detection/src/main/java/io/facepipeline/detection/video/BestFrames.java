package io.facepipeline.detection.video;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FaceQuality;
import io.facepipeline.Image;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames in which a face is best to recognize, some apart from each other, since neighbors show
 * the same. Embeds only when asked, and each crop once. Not thread-safe.
 */
final class BestFrames {
  private static final int KEPT = 5;
  private static final int APART = 5;

  private final @Nullable FaceEmbedder embedder;
  private final FaceAligner aligner;
  private final List<Sample> samples = new ArrayList<>();

  BestFrames(@Nullable FaceEmbedder embedder, FaceAligner aligner) {
    this.embedder = embedder;
    this.aligner = aligner;
  }

  /** A face in a frame, with its crop if there is an embedder. */
  static final class Sample {
    final long frame;
    final Face face;
    final FaceQuality quality;

    /** Quality, and how much of the face is in the frame: half a face is hard to recognize. */
    final double worth;

    final @Nullable AlignedFace crop;
    @Nullable Embedding embedding;

    Sample(long frame, Face face, FaceQuality quality, double worth, @Nullable AlignedFace crop) {
      this.frame = frame;
      this.face = face;
      this.quality = quality;
      this.worth = worth;
      this.crop = crop;
    }
  }

  private static final Comparator<Sample> BY_WORTH =
      Comparator.comparingDouble(sample -> sample.worth);

  void offer(Image image, long frame, Face face) {
    FaceQuality quality = FaceQuality.of(image, face);
    double inside = inside(image, face.box());
    double worth = quality.score() * inside * inside;
    List<Sample> rivals =
        samples.stream().filter(sample -> Math.abs(frame - sample.frame) < APART).toList();
    if (rivals.isEmpty() && samples.size() == KEPT) {
      rivals = List.of(samples.stream().min(BY_WORTH).orElseThrow());
    }
    if (rivals.stream().anyMatch(rival -> rival.worth >= worth)) {
      return;
    }
    samples.removeAll(rivals);
    AlignedFace crop = embedder == null ? null : aligner.align(image, face, embedder.crop());
    samples.add(new Sample(frame, face, quality, worth, crop));
  }

  /** The share of a box that is in the frame. */
  private static double inside(Image image, Box box) {
    double width = Math.min(image.width(), box.x2()) - Math.max(0, box.x1());
    double height = Math.min(image.height(), box.y2()) - Math.max(0, box.y1());
    return box.area() > 0 ? Math.max(0, width) * Math.max(0, height) / box.area() : 0;
  }

  Sample best() {
    return samples.stream().max(BY_WORTH).orElseThrow();
  }

  /** The mean of the embeddings, weighted by what they are worth; null without an embedder. */
  @Nullable Embedding embedding() {
    if (embedder == null) {
      return null;
    }
    List<Sample> fresh = new ArrayList<>();
    List<AlignedFace> crops = new ArrayList<>();
    for (Sample sample : samples) {
      if (sample.embedding == null && sample.crop != null) {
        fresh.add(sample);
        crops.add(sample.crop);
      }
    }
    if (!fresh.isEmpty()) {
      List<Embedding> embeddings = embedder.embed(crops);
      for (int i = 0; i < fresh.size(); i++) {
        fresh.get(i).embedding = embeddings.get(i);
      }
    }
    return mean(embedder.card().fingerprint());
  }

  private Embedding mean(String model) {
    float[] sum = new float[0];
    // Faces that are wholly black, as after a fade, have no quality at all: they count alike.
    boolean none = samples.stream().allMatch(sample -> sample.worth == 0);
    for (Sample sample : samples) {
      Embedding embedding = sample.embedding;
      if (embedding != null) {
        float[] vector = embedding.toArray();
        sum = sum.length == 0 ? new float[vector.length] : sum;
        for (int i = 0; i < vector.length; i++) {
          sum[i] += (none ? 1 : (float) sample.worth) * vector[i];
        }
      }
    }
    return Embedding.of(model, sum);
  }
}
