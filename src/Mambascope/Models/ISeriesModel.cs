using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Inputs.Series;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>A model of series or of rows of a table: a classifier, or one that predicts a number.</summary>
public interface ISeriesModel : IModel
{
    /// <summary>What its inputs are made of.</summary>
    SeriesFormat Format { get; }

    /// <summary>How values are standardised in front of it.</summary>
    SeriesScale Scale { get; }

    /// <summary>Time steps that make one token; 1 for a table.</summary>
    int PatchLength { get; }

    /// <summary>Steps of the longest series it reads; null where any length is read.</summary>
    int? LongestSeries { get; }

    /// <summary>Outputs: classes, or 1 where a number is predicted.</summary>
    int Classes { get; }

    /// <summary>The number that it predicts; null of a classifier.</summary>
    PredictedNumber? Number { get; }

    /// <inheritdoc cref="IModel.With"/>
    new ISeriesModel With(WeightSource weights);

    /// <inheritdoc/>
    IModel IModel.With(WeightSource weights) => With(weights);

    /// <summary>Tokens of a series of some steps; of a table its columns.</summary>
    int Tokens(int steps);

    /// <summary>Runs the model.</summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="values">
    /// Standardised values: (B, time, channels), series of one length; of a table (B, numbers, 1). See <see cref="SeriesScale.Apply"/>.
    /// </param>
    /// <param name="dropPath">
    /// Training only: factors by which each item's output of a residual branch is scaled (stochastic depth), by branch.
    /// </param>
    /// <exception cref="BadInputException">Other channels than the model reads, or a series that is too long.</exception>
    Trace<T> Forward<T>(Tape<T> tape, Activation<T> values, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
