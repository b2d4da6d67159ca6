/** Training steps on PyTorch: tensors, the optimizer, its state, the learning rate. */
@NullMarked
package io.facepipeline.training.torch;

import org.jspecify.annotations.NullMarked;
