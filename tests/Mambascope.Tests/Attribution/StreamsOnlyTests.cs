using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>
/// A run of which only the streams between layers are kept is explained as one that is kept whole, bit for bit, by every method.
/// </summary>
public sealed class StreamsOnlyTests : IDisposable
{
    private const int Length = 13;

    private readonly Workers one = new(1);
    private readonly Workers three = new(3);

    public static TheoryData<string, string> Cases { get; } = All();

    private static string[] Models => ["mamba", "falcon-mamba", "mamba2-group-norms", "gpt-neox", "hybrid"];

    public void Dispose()
    {
        one.Dispose();
        three.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_are_the_same(string name, string method)
    {
        var (model, text) = (Create(name), TokenBatch.Of(TinyLanguageModels.Text(Length)));
        var how = AttributionMethods.Find(method, model.Shape);
        foreach (var options in how.Forms.Where(form =>
            form.Mode != AttributionMode.Official && form.Reference != InputReference.PictureMean))
        {
            var whole = Map(one, model, text, how, options, keepsStreamsOnly: false);
            Assert.Contains(whole, value => value != 0);
            Assert.Equal(whole, Map(one, model, text, how, options, keepsStreamsOnly: true));
            Assert.Equal(whole, Map(three, model, text, how, options, keepsStreamsOnly: true));
        }
    }

    [Theory]
    [InlineData("mamba")]
    [InlineData("hybrid")]
    public void A_run_can_be_watched_and_asked_afterwards_in_any_order(string name)
    {
        var (model, text) = (Create(name), TokenBatch.Of(TinyLanguageModels.Text(Length)));
        using var whole = model.Forward(Tape(one, keepsStreamsOnly: false), text);
        var seen = new List<float[]>();
        using var bounded = model.Forward(Tape(one, keepsStreamsOnly: true), text, positions: null, (number, layer) =>
        {
            Assert.Equal(seen.Count, number);
            Assert.Equal(Numbers(whole.Layers[number]), Numbers(layer));
            seen.Add(Numbers(layer));
        });
        Assert.Equal(model.Depth, seen.Count);
        foreach (var layer in new[] { 0, model.Depth - 1, 1, 0, 1 })
        {
            Assert.Equal(seen[layer], Numbers(bounded.Layers[layer]));
        }

        Assert.Equal(SelfCheck.Of(whole)!.BlockError, SelfCheck.Of(bounded)!.BlockError);
        Assert.Equal(whole.Logits.Data.ToArray(), bounded.Logits.Data.ToArray());
    }

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2-group-norms")]
    [InlineData("gpt-neox")]
    [InlineData("hybrid")]
    public void Raw_attention_is_the_same_while_the_model_runs(string name)
    {
        var (model, text) = (Create(name), TokenBatch.Of(TinyLanguageModels.Text(Length)));
        var raw = AttributionMethods.Find("raw", model.Shape);
        foreach (var options in new AttributionOptions[]
        {
            new(), new() { Mode = AttributionMode.Paper }, new() { StartLayer = 1, Sign = SignRule.Absolute },
        })
        {
            var read = raw.Read(options);
            var running = raw.WhileRunning<float>(model.Shape, read, Length - 1, Length)!;
            var tape = Tape(three, keepsStreamsOnly: true);
            using var trace = model.Forward(tape, text, positions: null, (number, layer) => running.See(number, layer, tape));
            Assert.Equal(Map(one, model, text, raw, options, keepsStreamsOnly: false), running.Finish().ToArray());
        }
    }

    [Fact]
    public void Its_memory_does_not_grow_with_the_layers_but_for_their_streams()
    {
        var text = TokenBatch.Of(TinyLanguageModels.Text(400));
        var (few, many) = (Bytes(4), Bytes(24));
        var stream = 400 * TinyLanguageModels.MambaConfig.Width * sizeof(float);
        Assert.InRange(many - few, 0, 20 * (stream + 4096 + 64)); // buffers are whole kibielements
        Assert.True(Whole(24) > 5 * many);

        long Bytes(int depth) => Explained(depth, keepsStreamsOnly: true);

        long Whole(int depth) => Explained(depth, keepsStreamsOnly: false);

        long Explained(int depth, bool keepsStreamsOnly)
        {
            var model = TinyLanguageModels.Mamba(TinyLanguageModels.MambaConfig with { Depth = depth });
            var tape = Tape(one, keepsStreamsOnly);
            using var trace = model.Forward(tape, text);
            using var decision = new Decision<float>(trace);
            foreach (var method in new[] { "mamba-lrp", "input-x-gradient", "rollout" })
            {
                AttributionMethods.Find(method, model.Shape).Explain(decision, model, new());
            }

            return tape.Pool.AllocatedBytes;
        }
    }

    [Fact]
    public void A_layer_that_was_stopped_while_it_was_computed_again_can_be_asked_again()
    {
        var model = Create("mamba");
        using var stop = new CancellationTokenSource();
        using var tape = new Tape<float>(one, new BufferPool<float>(), isRecording: true, stop.Token) { KeepsStreamsOnly = true };
        using var trace = model.Forward(tape, TokenBatch.Of(TinyLanguageModels.Text(Length)));
        var before = Numbers(trace.Layers[0]);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Numbers(trace.Layers[1]));
        Assert.Throws<OperationCanceledException>(() => Numbers(trace.Layers[1]));
        Assert.NotEmpty(before);
    }

    [Fact]
    public void After_the_run_nothing_can_be_computed_again()
    {
        var model = Create("mamba");
        var trace = model.Forward(Tape(one, keepsStreamsOnly: true), TokenBatch.Of(TinyLanguageModels.Text(Length)));
        var layer = trace.Layers[0];
        trace.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Numbers(layer));
    }

    private static float[] Map(
        Workers workers, ILanguageModel model, TokenBatch text, AttributionMethod method, AttributionOptions options, bool keepsStreamsOnly)
    {
        using var trace = model.Forward(Tape(workers, keepsStreamsOnly), text);
        using var decision = new Decision<float>(trace, [3]);
        return method.Explain(decision, model, options)[0].Values;
    }

    private static Tape<float> Tape(Workers workers, bool keepsStreamsOnly)
        => new(workers, new BufferPool<float>(), isRecording: true) { KeepsStreamsOnly = keepsStreamsOnly };

    // Everything that is explained of a layer, and what goes in and out.
    private static float[] Numbers(LayerTrace<float> layer)
        => [
            .. layer.Input.Data.ToArray(),
            .. layer.Explained.SelectMany(value => value.Data.ToArray()),
            .. layer.Parts.SelectMany(part => part.Output.Data.ToArray()),
            .. layer.Mixers.OfType<ScanMixerTrace<float>>().SelectMany(mixer => mixer.X.Data.ToArray()),
            .. layer.Output.Data.ToArray(),
        ];

    private static ILanguageModel Create(string name) => name == "hybrid" ? new TinyHybrid() : TinyLanguageModels.Create(name);

    private static TheoryData<string, string> All()
    {
        var cases = new TheoryData<string, string>();
        foreach (var model in Models)
        {
            // full-lrp goes on to pixels.
            foreach (var method in AttributionMethods.For(Create(model).Shape).Where(method => method.Name != "full-lrp"))
            {
                cases.Add(model, method.Name);
            }
        }

        return cases;
    }
}
