using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Cases;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>
/// A model of bytes that can be worked by hand: every byte has a weight, and the score of the one answer after a token is the sum of the
/// weights read so far; all 255 others score 0. What each token does is then known exactly, and zeroing it is the same as dropping it.
/// </summary>
internal sealed class AdditiveModel : ILanguageModel
{
    public const int Answer = 'y';

    /// <summary>Weights that the tests share: a 2, b 1, . -1, anything else 0.</summary>
    public static double WeightOf(int token) => token switch { 'a' => 2, 'b' => 1, '.' => -1, _ => 0 };

    public static QuestionModel UnderTest { get; } = new(new("additive", "hand"), new AdditiveModel(), new ByteTokenizer());

    public ModelShape Shape { get; } = new([]);

    public ModelFacts Facts { get; } =
        new()
        {
            Name = "additive",
            Kind = "additive model",
            Title = "model worked by hand",
            Width = 1,
            Rows = [],
        };

    public IReadOnlyDictionary<string, object> Settings { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    public int Depth => 0;

    public int Branches => 0;

    public IEnumerable<Weight> AllWeights => [];

    public int VocabularySize => 256;

    public int Width => 1;

    public ILanguageModel With(WeightSource weights) => this;

    /// <summary>A question about a text: explained is the answer after its last character; all characters before it take part.</summary>
    public static QuestionCase Question(string text, params int[] truth)
    {
        int[] tokens = [.. text.Select(c => (int)c)];
        var scores = new float[256];
        scores[Answer] = (float)tokens.Sum(WeightOf);
        var embedded = Activation<float>.Of([.. tokens.Select(token => (float)WeightOf(token))], 1, tokens.Length, 1);
        return new(
            0,
            new("hand", tokens, [.. Enumerable.Range(0, tokens.Length - 1)], Answer, truth.Length == 0 ? null : truth),
            UnderTest,
            scores,
            embedded,
            Answer,
            Answer);
    }

    /// <summary>Probability of the answer at a score.</summary>
    public static double Probability(double score) => Math.Exp(score) / (Math.Exp(score) + 255);

    public Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var input = tape.NewValue(tokens.Batch, tokens.Length, 1);
        for (var i = 0; i < tokens.Ids.Count; i++)
        {
            input.Data.Row(i)[0] = T.CreateChecked(WeightOf(tokens.Ids[i]));
        }

        return Score(tape, input, [.. tokens.Lengths], positions);
    }

    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Score(tape, tape.Input(input), [.. Enumerable.Repeat(input.Length, input.Batch)], positions);

    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ForwardInput(tape, tokens, positions);

    public LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new NotSupportedException();

    public Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new NotSupportedException();

    private static Trace<T> Score<T>(Tape<T> tape, Value<T> input, int[] lengths, ScorePositions? positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[][] scored = [.. lengths.Select(length => (positions ?? ScorePositions.Last).Of(length, lengths.Max()))];
        var logits = tape.NewValue(lengths.Length, scored[0].Length, 256);
        logits.Data.Extent.Clear();
        for (var item = 0; item < lengths.Length; item++)
        {
            for (var row = 0; row < scored[item].Length; row++)
            {
                for (var t = 0; t <= scored[item][row]; t++)
                {
                    logits.Data.Row(item, row)[Answer] += input.Data.Row(item, t)[0];
                }
            }
        }

        return new(tape, input, input, [], logits, scored, grid: null);
    }
}
