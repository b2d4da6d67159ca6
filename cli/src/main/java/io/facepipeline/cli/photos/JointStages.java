package io.facepipeline.cli.photos;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.internal.FaceSuppression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Stages whose detector is several: what one misses another may find. */
record JointStages(StageFactory stages, List<String> others) implements StageFactory {
  @Override
  public FaceDetector detector(StageOptions options) {
    List<FaceDetector> detectors = new ArrayList<>();
    boolean ready = false;
    try {
      detectors.add(stages.detector(options));
      for (String other : others) {
        StageOptions own = options.copy(options.embedder, options.mirror);
        own.detector = other;
        own.forSeveral = true;
        detectors.add(stages.detector(own));
      }
      ready = true;
      return new Joint(detectors);
    } finally {
      if (!ready) {
        detectors.forEach(FaceDetector::close);
      }
    }
  }

  @Override
  public FaceEmbedder embedder(StageOptions options) {
    return stages.embedder(options);
  }

  @Override
  public boolean knowsEmbedder(String id) {
    return stages.knowsEmbedder(id);
  }

  @Override
  public List<String> embeddersAtHand(StageOptions options) {
    return stages.embeddersAtHand(options);
  }

  /** All that any of several detectors finds, each face once. */
  private record Joint(List<FaceDetector> detectors) implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      List<Face> all = new ArrayList<>();
      for (FaceDetector detector : detectors) {
        List<Face> before = List.copyOf(all);
        for (Face face : detector.detect(image)) {
          if (before.stream().noneMatch(known -> FaceSuppression.isSame(known, face))) {
            all.add(face);
          }
        }
      }
      all.sort(Comparator.comparingDouble((Face face) -> face.box().area()).reversed());
      return List.copyOf(all);
    }

    @Override
    public void close() {
      detectors.forEach(FaceDetector::close);
    }
  }
}
