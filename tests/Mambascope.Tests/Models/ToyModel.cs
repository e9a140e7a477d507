using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Models;

/// <summary>A model that nobody knows: it runs as a tiny Mamba does, and calls itself something else.</summary>
internal sealed class ToyModel(WeightSource weights) : ILanguageModel
{
    private readonly Mamba inner = new(TinyLanguageModels.MambaConfig, new(TinyLanguageModels.MambaConfig, weights));

    public ModelFacts Facts { get; } =
        new()
        {
            Name = "toy",
            Kind = "Toy",
            Title = "toy language model",
            Width = 6,
            Channels = 21,
            Rows = [new("mixer", "toy mixer")],
        };

    public IReadOnlyDictionary<string, object> Settings => inner.Settings;

    public ModelShape Shape => inner.Shape;

    public int Depth => inner.Depth;

    public int Branches => inner.Branches;

    public IEnumerable<Weight> AllWeights => inner.AllWeights;

    public int VocabularySize => inner.VocabularySize;

    public int Width => inner.Width;

    public ILanguageModel With(WeightSource weights) => new ToyModel(weights);

    public Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => inner.Forward(tape, tokens, positions, knockouts);

    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => inner.ForwardInput(tape, input, positions);

    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => inner.ForwardTokens(tape, tokens, positions);

    public LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => inner.NewState<T>();

    public Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => inner.Continue(tape, state, tokens, positions);
}
