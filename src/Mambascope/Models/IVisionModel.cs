using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>An image classifier over patches.</summary>
public interface IVisionModel : IModel
{
    /// <summary>How images are cut into patches; its size is that of the images the model reads (square, H = W, as a rule).</summary>
    PatchGrid Grid { get; }

    /// <summary>Whether images of other sizes than <see cref="Grid"/>'s are read too, square or not.</summary>
    bool ReadsAnySize => false;

    /// <summary>
    /// From a picture to the model's input where nothing else is said: what its authors do; null for the first of
    /// <see cref="Preprocessing.Names"/>.
    /// </summary>
    Preprocessing? StandardPreprocessing => null;

    /// <summary>Outputs of the classifier.</summary>
    int Classes { get; }

    /// <inheritdoc cref="IModel.With"/>
    new IVisionModel With(WeightSource weights);

    /// <inheritdoc/>
    IModel IModel.With(WeightSource weights) => With(weights);

    /// <summary>Runs the model.</summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="pixels">Normalised images, (B, channels * height, width).</param>
    /// <param name="dropPath">
    /// Training only: factors by which each item's output of a residual branch is scaled (stochastic depth), by branch.
    /// </param>
    /// <exception cref="BadInputException">The images have another size than the model reads.</exception>
    Trace<T> Forward<T>(Tape<T> tape, Activation<T> pixels, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
