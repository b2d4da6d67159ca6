/** Photos of faces as they are met in the wild, made from good ones. Not part of the API. */
@NullMarked
package io.facepipeline.evaluation.conditions;

import org.jspecify.annotations.NullMarked;
