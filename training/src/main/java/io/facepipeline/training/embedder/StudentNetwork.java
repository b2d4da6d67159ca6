package io.facepipeline.training.embedder;

import io.facepipeline.training.student.CompactStudent;
import io.facepipeline.training.student.ImprovedResidualStudent;
import io.facepipeline.training.student.MobileFaceNetStudent;
import io.facepipeline.training.student.Student;
import java.util.SplittableRandom;

/** The networks that can be trained. Their names are what {@code --student} takes. */
enum StudentNetwork {
  /** The library's own compact network: 112x112, 1.9 million parameters. */
  COMPACT("CompactNet"),

  /** face.evoLVe's MobileFaceNet: 112x112. */
  MOBILE_FACE_NET("MobileFaceNet"),

  /** face.evoLVe's IR-50: 112x112. */
  IR_50("IR-50");

  private final String architecture;

  StudentNetwork(String architecture) {
    this.architecture = architecture;
  }

  /** The name of the architecture that runs what was trained. */
  String architecture() {
    return architecture;
  }

  /**
   * Makes the network with random weights.
   *
   * @param half whether convolutions are computed in bfloat16
   */
  Student student(int dimensions, boolean half, SplittableRandom random) {
    return switch (this) {
      case COMPACT -> new CompactStudent(dimensions, half, random);
      case MOBILE_FACE_NET -> new MobileFaceNetStudent(dimensions, half, random);
      case IR_50 -> ImprovedResidualStudent.of50(dimensions, half, false, random);
    };
  }
}
