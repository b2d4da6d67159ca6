package io.facepipeline.opencv;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.opencv.internal.Natives;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_face.LBPHFaceRecognizer;

/**
 * Histograms of local binary patterns (Ahonen, Hadid and Pietik&auml;inen 2004) from OpenCV's
 * LBPHFaceRecognizer: the classical baseline, without a network. An embedding is the square root of
 * the histograms, so the cosine of two embeddings is their Bhattacharyya coefficient, and the
 * gallery and every classifier accept them. OpenCV's recognizer compares the same histograms by
 * chi-square distance instead. Thread-safe.
 */
public final class LbphEmbedder implements FaceEmbedder {
  private static final int GRID = 8;
  private static final int PATTERNS = 256;
  private static final int SIDE = 112;
  private static final int RADIUS = 1;
  private static final int NEIGHBORS = 8;

  private final ModelCard card =
      ModelCard.builder("opencv-lbph")
          .architecture("LBP histograms")
          .embeddingSize(GRID * GRID * PATTERNS)
          .crop(CropSpec.arcFace(SIDE))
          .colorOrder(ModelCard.ColorOrder.GREY)
          .license("Apache-2.0")
          .origin("opencv_contrib, face module")
          .build();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Creates it.
   *
   * @throws io.facepipeline.FacePipelineException if OpenCV's natives are not on the class path
   */
  public LbphEmbedder() {
    Natives.require();
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public List<Embedding> embed(List<AlignedFace> crops) {
    if (closed.get()) {
      throw new IllegalStateException("the embedder is closed");
    }
    for (AlignedFace crop : crops) {
      if (!crop.spec().equals(card.crop())) {
        throw new IllegalArgumentException(
            card.id() + " needs crops of " + card.crop() + ", got one of " + crop.spec());
      }
    }
    return crops.stream().map(this::embed).toList();
  }

  @SuppressWarnings("try") // the scope frees all that is made in between
  private Embedding embed(AlignedFace crop) {
    try (PointerScope scope = new PointerScope()) {
      LBPHFaceRecognizer recognizer =
          LBPHFaceRecognizer.create(RADIUS, NEIGHBORS, GRID, GRID, Double.MAX_VALUE);
      // Trained on one face, the recognizer holds nothing but its histograms.
      recognizer.train(
          new MatVector(Mats.grey(crop.toImage())), new Mat(1, 1, opencv_core.CV_32SC1));
      Mat histograms = recognizer.getHistograms().get(0);
      float[] values = new float[card.embeddingSize()];
      new FloatPointer(histograms.data()).get(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.sqrt(values[i]);
      }
      return Embedding.of(card.fingerprint(), values);
    }
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
