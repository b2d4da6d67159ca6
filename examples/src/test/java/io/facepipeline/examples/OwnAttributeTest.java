package io.facepipeline.examples;

import io.facepipeline.FaceAttribute;
import io.facepipeline.testkit.FaceAttributeContract;

class OwnAttributeTest extends FaceAttributeContract {
  @Override
  protected FaceAttribute attribute() {
    return new OwnAttribute();
  }
}
