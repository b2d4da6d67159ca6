/** Networks to train, with the tensor names that the library's converter expects. */
@NullMarked
package io.facepipeline.training.student;

import org.jspecify.annotations.NullMarked;
