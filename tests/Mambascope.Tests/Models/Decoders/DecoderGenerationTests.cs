using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Decoders;

/// <summary>Hybrids read in pieces, with states, convolutions, keys and values carried on; and in batches.</summary>
public sealed class DecoderGenerationTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string> Folders { get; } =
    [
        "falcon-h1-micro", "falcon-h1-norm-micro", "granite-hybrid-micro", "granite-moe-hybrid-micro", "bamba-micro", "nemotron-h-micro",
        "nemotron-h-moe-micro", "jamba-micro",
    ];

    public void Dispose() => workers.Dispose();

    /// <summary>Pieces shorter than the convolution come first.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Reading_in_pieces_gives_the_scores_of_one_run(string folder)
    {
        var (model, text) = (Open(folder), Text(19));
        using var whole = Run(model, TokenBatch.Of(text));
        foreach (var lengths in new int[][] { [1, 1, 1, 1, 15], [2, 1, 10, 1, 1, 1, 1, 1, 1], [14, 1, 4] })
        {
            var state = model.NewState<double>();
            var first = 0;
            foreach (var length in lengths)
            {
                using var part = model.Continue(Tape(), state, text[first..(first + length)], ScorePositions.All);
                for (var t = 0; t < length; t++)
                {
                    Golden.AssertClose(
                        "scores", part.ScoresAt(0, t).ToArray(), whole.ScoresAt(0, first + t).ToArray(), tolerance: 1e-12);
                }

                first += length;
            }

            Assert.Equal(19, state.Position);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_state_is_saved_branched_and_restored(string folder)
    {
        var (model, text) = (Open(folder), Text(9));
        using var temporary = new TemporaryFolder();
        var state = model.NewState<double>();
        _ = Continue(model, state, text[..6]);
        var file = Path.Combine(temporary.Path, "state.safetensors");
        state.Save(file);
        var branch = state.Branch();
        var expected = Continue(model, state, text[6..]);
        Assert.Equal(expected, Continue(model, branch, text[6..]));
        Assert.Equal(expected, Continue(model, LanguageState<double>.Load(file, model), text[6..]));
        _ = Continue(model, state, text[..1]);
        branch = LanguageState<double>.Load(file, model);
        state.Restore(branch);
        Assert.Equal(expected, Continue(model, state, text[6..]));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_text_of_a_batch_gets_what_it_gets_alone(string folder)
    {
        var model = Open(folder);
        int[][] texts = [Text(5), Text(2, seed: 2), Text(11, seed: 3)];
        using var together = model.Forward(Tape(), TokenBatch.Of(texts), ScorePositions.Last);
        for (var item = 0; item < texts.Length; item++)
        {
            using var alone = model.Forward(Tape(), TokenBatch.Of(texts[item]), ScorePositions.Last);
            Golden.AssertClose(
                "scores", together.Logits.Data.Row(item, 0).ToArray(), alone.Logits.Data.Row(0).ToArray(), tolerance: 1e-12);
        }
    }

    /// <summary>Keys and values are kept for the heads that there are, not for every query head.</summary>
    [Fact]
    public void The_state_grows_by_key_and_value_of_key_heads_only()
    {
        var model = Open("granite-hybrid-micro");
        var state = model.NewState<double>();
        _ = Continue(model, state, Text(4));
        var four = state.Size;
        _ = Continue(model, state, Text(1));
        Assert.Equal(2 * (2 * 2 * 12), state.Size - four); // layers with attention, keys and values, two heads of twelve
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        using var temporary = new TemporaryFolder();
        var file = Path.Combine(temporary.Path, "state.safetensors");
        var model = Open("jamba-micro");
        var state = model.NewState<double>();
        _ = Continue(model, state, Text(3));
        state.Save(file);
        Assert.Throws<BadInputException>(() => LanguageState<double>.Load(file, Open("bamba-micro")));
    }

    private static ILanguageModel Open(string folder) => LanguageModels.Open(Golden.Path(folder));

    private static int[] Text(int length, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(256))];
    }

    private double[] Continue(ILanguageModel model, LanguageState<double> state, int[] piece)
    {
        using var trace = model.Continue(Tape(), state, piece);
        return trace.Logits.Data.Row(0).ToArray();
    }

    private Mambascope.Tracing.Trace<double> Run(ILanguageModel model, TokenBatch text)
        => model.Forward(Tape(), text, ScorePositions.All);

    private Tape<double> Tape() => new(workers, new BufferPool<double>(), isRecording: false);
}
