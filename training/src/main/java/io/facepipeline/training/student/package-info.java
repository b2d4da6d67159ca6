/** Networks that are trained, with the names of tensors that the library emits its graphs from. */
@NullMarked
package io.facepipeline.training.student;

import org.jspecify.annotations.NullMarked;
