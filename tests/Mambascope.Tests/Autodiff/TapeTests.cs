using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Autodiff;

public sealed class TapeTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly BufferPool<double> pool = new();

    [Fact]
    public void A_record_can_be_replayed_with_gradients_and_rules_in_any_order()
    {
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        using var trace = TinyVim.Run<double>(workers, model);
        var first = Adjoint(trace.Tape, trace.Logits, trace.Tokens, rules: null);
        var relevance = Adjoint(trace.Tape, trace.Logits, trace.Tokens, MambaLrp.Rules<double>());
        Assert.NotEqual(first, relevance);
        Assert.Equal(first, Adjoint(trace.Tape, trace.Logits, trace.Tokens, rules: null));
        Assert.Equal(relevance, Adjoint(trace.Tape, trace.Logits, trace.Tokens, MambaLrp.Rules<double>()));
    }

    [Fact]
    public void What_is_released_is_used_again_and_what_is_kept_stays()
    {
        using var tape = new Tape<double>(workers, pool, isRecording: false);
        var mark = tape.Mark();
        var keep = tape.NewValue(1, 10, 20);
        keep.Data.Extent.Fill(7);
        for (var i = 0; i < 5; i++)
        {
            tape.NewValue(1, 10, 20);
        }

        var before = pool.AllocatedBytes;
        tape.Release(mark, keep.Columns(5, 3));
        for (var i = 0; i < 5; i++)
        {
            tape.NewValue(1, 10, 20).Data.Extent.Clear();
        }

        Assert.Equal(before, pool.AllocatedBytes);
        Assert.Equal(-1, keep.Data.Extent.IndexOfAnyExcept(7));
    }

    [Fact]
    public void Slices_of_a_value_receive_their_parts_of_the_adjoint()
    {
        using var tape = new Tape<double>(workers, pool, isRecording: true);
        var x = tape.Input(Activation<double>.Of([1, 2, 3, 4, 5, 6], 1, 1, 6));
        var product = tape.Product(x.Columns(0, 2), x.Columns(2, 2)); // columns 4 and 5 are read by nothing
        using var replay = tape.Backward(product, Activation<double>.Of([10, 100], 1, 1, 2), [x]);
        Assert.Equal([30, 400, 10, 200, 0, 0], replay[x].ToArray());
    }

    [Fact]
    public void Slices_that_overlap_add_up()
    {
        using var tape = new Tape<double>(workers, pool, isRecording: true);
        var x = tape.Input(Activation<double>.Of([1, 2, 3], 1, 1, 3));
        var sum = tape.Sum(tape.Sum(x.Columns(0, 2), x.Columns(1, 2)), x.Columns(0, 2));
        using var replay = tape.Backward(sum, Activation<double>.Of([1, 10], 1, 1, 2), [x]);
        Assert.Equal([2, 21, 10], replay[x].ToArray());
    }

    [Fact]
    public void Values_behind_the_seed_get_zeros_and_values_not_asked_for_are_refused()
    {
        using var tape = new Tape<double>(workers, pool, isRecording: true);
        var x = tape.Input(Activation<double>.Of([1, 2], 1, 1, 2));
        var y = tape.Silu(x);
        var z = tape.Silu(y);
        using var replay = tape.Backward(y, Activation<double>.Of([1, 1], 1, 1, 2), [x, z]);
        Assert.Equal([0, 0], replay[z].ToArray());
        Assert.All(replay[x].ToArray(), value => Assert.NotEqual(0, value));
        Assert.Throws<InvalidOperationException>(() => replay[y]);
    }

    [Fact]
    public void Without_recording_memory_is_used_again_and_gradients_are_refused()
    {
        var model = new VisionMamba(TinyVim.Config with { Depth = 12 }, TinyVim.Weights(TinyVim.Config with { Depth = 12 }));
        var pixels = TinyVim.RandomActivation(1, 60, 20, seed: 1);
        long Bytes(bool isRecording)
        {
            var own = new BufferPool<double>();
            using var tape = new Tape<double>(workers, own, isRecording);
            model.Forward(tape, pixels);
            return own.AllocatedBytes;
        }

        Assert.True(Bytes(isRecording: false) * 4 < Bytes(isRecording: true), $"{Bytes(false)} against {Bytes(true)} bytes");
        using var plain = new Tape<double>(workers, pool, isRecording: false);
        var logits = model.Forward(plain, pixels).Logits;
        Assert.Throws<InvalidOperationException>(() => plain.Backward(logits, logits.Data, [logits]));
    }

    [Fact]
    public void Recording_changes_no_result()
    {
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        var pixels = TinyVim.RandomActivation(2, 60, 20, seed: 1);
        double[] Logits(bool isRecording)
        {
            using var tape = new Tape<double>(workers, pool, isRecording);
            return model.Forward(tape, pixels).Logits.Data.ToArray();
        }

        Assert.Equal(Logits(isRecording: true), Logits(isRecording: false));
    }

    private static double[] Adjoint(Tape<double> tape, Value<double> seed, Value<double> wanted, RuleSet<double>? rules)
    {
        var ones = Activation<double>.Zeros(seed.Data.Batch, seed.Data.Length, seed.Data.Width);
        ones.Extent.Fill(1);
        using var replay = tape.Backward(seed, ones, [wanted], rules);
        return replay[wanted].ToArray();
    }

    public void Dispose() => workers.Dispose();
}
