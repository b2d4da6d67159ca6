/** What every training run has: its folder, its log, its progress, its random numbers. */
@NullMarked
package io.facepipeline.training.run;

import org.jspecify.annotations.NullMarked;
