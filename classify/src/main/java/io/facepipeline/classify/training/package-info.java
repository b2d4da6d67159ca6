/**
 * How classifiers are trained: collecting faces, learners, cross-validation, rejecting strangers.
 */
@NullMarked
package io.facepipeline.classify.training;

import org.jspecify.annotations.NullMarked;
