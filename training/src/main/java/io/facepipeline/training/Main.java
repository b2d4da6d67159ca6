package io.facepipeline.training;

import static org.bytedeco.pytorch.global.torch.ones;

import org.bytedeco.javacpp.PointerScope;

/** The command line of the trainers. */
public final class Main {

  private Main() {}

  /** Runs one command. */
  @SuppressWarnings("try") // the scope is used by closing it
  public static void main(String[] args) {
    Torch.load();
    try (PointerScope scope = new PointerScope()) {
      System.out.println(ones(2, 3).sum().item_float());
    }
  }
}
