namespace Mambascope.Training;

/// <summary>How well a trained model does on cases: <see cref="ClassificationFigures"/> or <see cref="RegressionFigures"/>.</summary>
public abstract record ModelFigures
{
    /// <summary>Cases.</summary>
    public required int Count { get; init; }

    /// <summary>Mean loss: -log p(true class) in nats, or the squared error in deviations of the number, squared.</summary>
    public required double Loss { get; init; }

    /// <summary>For people, in one line.</summary>
    public abstract string Words { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Words;
}
