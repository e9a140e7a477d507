using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>state-lrp, alti-rows and references against an independent implementation, on a picture and on a text.</summary>
public sealed class NewMethodGoldenTests
{
    public static TheoryData<string, InputReference, string> Maps { get; } = new()
    {
        { "state-lrp", InputReference.None, "map.state_lrp" },
        { "state-lrp", InputReference.PictureMean, "map.state_lrp.centred" },
        { "mamba-lrp", InputReference.PictureMean, "map.mamba_lrp.centred" },
        { "alti-rows", InputReference.None, "map.alti_rows" },
    };

    [Theory]
    [MemberData(nameof(Maps))]
    public void Pictures_in_double(string method, InputReference reference, string golden)
        => Picture<double>(method, reference, golden, 3e-7);

    [Theory]
    [MemberData(nameof(Maps))]
    public void Pictures_in_float(string method, InputReference reference, string golden)
        => Picture<float>(method, reference, golden, 1e-4);

    [Theory]
    [MemberData(nameof(Maps))]
    public void Texts_in_double(string method, InputReference reference, string golden)
        => Text<double>(method, OfTexts(reference), golden, 3e-7);

    [Theory]
    [MemberData(nameof(Maps))]
    public void Texts_in_float(string method, InputReference reference, string golden)
        => Text<float>(method, OfTexts(reference), golden, 1e-4);

    private static InputReference OfTexts(InputReference reference)
        => reference == InputReference.None ? reference : InputReference.TextMean;

    private static void Picture<T>(string method, InputReference reference, string golden, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var vim = new VimMicro<T>();
        Compare<T>("vim-micro", method, new() { Reference = reference }, vim.Decision, vim.Model, golden, tolerance);
    }

    private static void Text<T>(string method, InputReference reference, string golden, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var text = new GoldenLanguageModel<T>("mamba-micro-hf", tolerance);
        Compare<T>("mamba-micro-hf", method, new() { Reference = reference }, text.Decision, text.Model, golden, tolerance);
    }

    private static void Compare<T>(
        string folder, string method, AttributionOptions options, Decision<T> decision, IModel model, string golden, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var expected = Checkpoint.Open(Golden.Path(folder, "expected-new.safetensors"));
        var map = AttributionMethods.Find(method, model.Shape)
            .Explain(decision, model, options, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Null(map.Degenerate);
        Golden.AssertClose(golden, VimMicro<T>.Widen(map.Values), expected.Read(golden), tolerance);
    }
}
