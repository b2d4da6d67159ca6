package io.facepipeline.cli;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.testkit.SharedData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Stages without networks, which know the sample album by heart and no other photo: the detector
 * recognizes a photo by its pixels, the embedder a face by its box.
 */
public final class AlbumStages implements StageFactory {
  public static final float THRESHOLD = 0.5f;
  public static final int EMBEDDING_SIZE = 16;

  private static final Map<Image, List<Face>> FACES = new HashMap<>();
  private static final Map<Face, String> PEOPLE = new HashMap<>();
  private static final List<String> NAMES;

  static {
    Truth.photos()
        .forEach(
            (photo, shown) -> {
              FACES.put(
                  Image.read(SharedData.album(photo)),
                  shown.stream().map(Truth.Shown::face).toList());
              shown.forEach(s -> PEOPLE.put(s.face(), s.person()));
            });
    NAMES = new ArrayList<>(new TreeSet<>(PEOPLE.values()));
  }

  private final boolean measured;

  public AlbumStages() {
    this(true);
  }

  /** Stages whose embedder's thresholds are on its card or not. */
  public AlbumStages(boolean measured) {
    this.measured = measured;
  }

  /** How many stages were made and not closed. */
  private int open;

  public int open() {
    return open;
  }

  @Override
  public FaceDetector detector(StageOptions options) {
    open++;
    return new Detector();
  }

  @Override
  public FaceEmbedder embedder(StageOptions options) {
    open++;
    return new Embedder();
  }

  @Override
  public boolean knowsEmbedder(String id) {
    return id.equals("by-heart");
  }

  @Override
  public List<String> embeddersAtHand(StageOptions options) {
    return List.of("by-heart");
  }

  private final class Detector implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      return FACES.getOrDefault(image, List.of());
    }

    @Override
    public void close() {
      open--;
    }
  }

  private final class Embedder implements FaceEmbedder {
    private final ModelCard card = makeCard();

    private ModelCard makeCard() {
      ModelCardBuilder builder =
          ModelCard.builder("by-heart")
              .embeddingSize(EMBEDDING_SIZE)
              .crop(CropSpec.arcFace(112))
              .sourceSha256("0123456789abcdef");
      if (measured) {
        builder.thresholds(new ModelCard.Thresholds(THRESHOLD, THRESHOLD, 1, "the sample album"));
      }
      return builder.build();
    }

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream().map(this::embed).toList();
    }

    /** An axis per person, and a last one that brings two photos of one person apart a little. */
    private Embedding embed(AlignedFace crop) {
      float[] vector = new float[EMBEDDING_SIZE];
      vector[NAMES.indexOf(PEOPLE.get(crop.face()))] = 1;
      vector[EMBEDDING_SIZE - 1] = crop.face().box().x1() / 10_000;
      return Embedding.of(card.fingerprint(), vector);
    }

    @Override
    public void close() {
      open--;
    }
  }
}
