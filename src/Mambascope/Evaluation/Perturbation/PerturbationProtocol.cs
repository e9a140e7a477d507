namespace Mambascope.Evaluation.Perturbation;

/// <summary>Whether pixels are taken out of the picture or put back into an erased one.</summary>
public enum PerturbationDirection
{
    /// <summary>From the clean picture: the first k pixels of the order are erased.</summary>
    Deletion,

    /// <summary>From the erased picture: all but the first k pixels of the order are erased.</summary>
    Insertion,
}

/// <summary>How a perturbation test is done. The default is the published protocol: black, 10 % to 90 %, deletion.</summary>
public sealed record PerturbationProtocol
{
    /// <summary>10 % to 90 % in steps of 10 %.</summary>
    public static IReadOnlyList<double> Deciles { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>
    /// Shares of the pixels, rising, above 0 and at most 1; the count of pixels is int(share * pixels). The unchanged picture at 0 is
    /// always included.
    /// </summary>
    public IReadOnlyList<double> Fractions { get; init; } = Deciles;

    /// <summary>What stands in the place of an erased pixel.</summary>
    public Eraser Eraser { get; init; } = new BlackEraser();

    /// <summary>Deletion or insertion.</summary>
    public PerturbationDirection Direction { get; init; }

    /// <summary>
    /// Masked images that are classified together. One by default: on a thread of its own the kernels fill it with one picture, and more
    /// pictures only push each other's activations out of the cache. All 18 at once took 20 to 28 % longer on demo-vim and 10 % on
    /// demo-deit; on models of 224 x 224 pixels every size from 1 to 18 took the same within 3 %.
    /// </summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Seed of erasers that draw.</summary>
    public int Seed { get; init; }

    /// <summary>Refuses a protocol that cannot be carried out.</summary>
    /// <exception cref="BadInputException">No fractions, fractions out of order or out of range, or a batch below 1.</exception>
    public void Check()
    {
        if (Fractions.Count == 0)
        {
            throw new BadInputException("perturbation: expected at least one fraction, found none");
        }

        var last = 0.0;
        foreach (var fraction in Fractions)
        {
            if (!(fraction > last && fraction <= 1))
            {
                throw new BadInputException(
                    $"perturbation fractions: expected rising numbers above 0 and at most 1, found {fraction} after {last}");
            }

            last = fraction;
        }

        if (BatchSize < 1)
        {
            throw new BadInputException($"perturbation batch size: expected 1 or more, found {BatchSize}");
        }
    }
}
