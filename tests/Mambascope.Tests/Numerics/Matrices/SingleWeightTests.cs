using System.Runtime.CompilerServices;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>A matrix of singles is held once: as an array until a product needs panels, as panels from then on.</summary>
public class SingleWeightTests
{
    public static TheoryData<int, int> Shapes
        => new()
        {
            { 1, 1 },
            { 3, 2 },
            { 31, 33 },
            { 32, 32 },
            { 70, 129 },
            { 192, 36 },
            { 513, 65 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Values_rows_and_products_are_the_same_when_only_the_panels_are_left(int outputs, int inputs)
    {
        using var workers = new Workers(2);
        var samples = new Samples((outputs * 31) + inputs);
        var values = samples.Values(outputs * inputs);
        var (dy, dx0) = (samples.Activation(1, 7, outputs, gap: 1), samples.Activation(1, 7, inputs));
        var whole = Activation<float>.Zeros(1, 7, inputs);
        whole.CopyFrom(dx0);
        Linear.BackwardInput(workers, dy, new("w", values, outputs, inputs), whole, accumulate: true);

        var weight = Packed(values, outputs, inputs);
        GC.Collect();
        Assert.Null(weight.Singles);
        var fromPanels = Activation<float>.Zeros(1, 7, inputs);
        fromPanels.CopyFrom(dx0);
        Linear.BackwardInput(workers, dy, weight, fromPanels, accumulate: true);

        Assert.Equal(whole.ToArray(), fromPanels.ToArray());
        var row = new float[inputs];
        weight.CopyRow(outputs - 1, row);
        Assert.Equal(values[((outputs - 1) * inputs)..], row);
        Assert.Null(weight.Singles);
        Assert.Equal(values, weight.Values<float>());
        Assert.Same(weight.Values<float>(), weight.Values<float>());
    }

    [Fact]
    public void What_is_changed_in_an_array_that_was_held_all_along_counts()
    {
        var values = new Samples(1).Values(40 * 20);
        var weight = new Weight("w", values, 40, 20);
        var before = weight.Packed;

        values[0] = 7;
        weight.Changed();

        Assert.NotSame(before, weight.Packed);
        Assert.Equal(7, weight.Packed.Values[weight.Packed.Offset]);
        Assert.Same(values, weight.Values<float>());
    }

    [Fact]
    public void What_is_changed_in_an_array_that_was_given_back_counts()
    {
        var values = new Samples(2).Values(40 * 20);
        var weight = Packed(values, 40, 20);
        GC.Collect();

        weight.Values<float>()[0] = 7;
        weight.Changed();

        Assert.Equal(7, weight.Packed.Values[weight.Packed.Offset]);
    }

    // In a method of its own, so that nothing of the test holds the weight's array.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Weight Packed(float[] values, int outputs, int inputs)
    {
        var weight = new Weight("w", [.. values], outputs, inputs);
        _ = weight.Packed;
        return weight;
    }
}
