using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Cli.Texts;

/// <summary>A language model in words and as JSON: what it is, and what can be asked of it.</summary>
internal static class LanguageFacts
{
    internal static void Write(TextWriter output, TextModel model)
    {
        var sizes = model.Model;
        var facts = new TextTable("", "");
        facts.Add("model", model.Name);
        facts.Add("weights", model.File.WeightFile ?? "random");
        facts.Add("architecture", $"{model.File.Architecture} language model");
        facts.Add("parameters", Parameters(model).ToString("N0", CultureInfo.InvariantCulture));
        facts.Add("in memory", $"{(Bytes(model) / 1e6).ToString(Bytes(model) < 10e6 ? "N1" : "N0", CultureInfo.InvariantCulture)} MB, matrices as {Format(model)}");
        facts.Add("tokens", $"{sizes.VocabularySize.ToString("N0", CultureInfo.InvariantCulture)} (0 to {sizes.VocabularySize - 1}); {Tokenizer(model)}");
        facts.Add("layers", $"{sizes.Depth} (0 to {sizes.Depth - 1}), width {sizes.Width}");
        facts.Add("mixer", Mixer(sizes));
        facts.Write(output);
        output.WriteLine();
        output.WriteLine("It can be asked to explain why a token comes next by");
        var methods = new TextTable("", "", "");
        foreach (var method in Methods(sizes))
        {
            methods.Add(method.Name, method.Description, string.Join(", ", Modes(method)));
        }

        methods.Write(output, "  ");
        output.WriteLine($"to continue a text (mambascope run --generate), and to show {(sizes is GptNeoX ? "attention matrices of every layer and head" : "hidden attention matrices of every layer and channel")} (mambascope attention --help).");
    }

    internal static JsonObject Json(TextModel model)
    {
        var sizes = model.Model;
        var result = new JsonObject
        {
            ["model"] = model.Name,
            ["weights"] = model.File.WeightFile,
            ["parameters"] = Parameters(model),
            ["weight_format"] = Format(model),
            ["weight_bytes"] = Bytes(model),
            ["reads"] = "text",
            ["vocabulary_size"] = sizes.VocabularySize,
            ["tokenizer"] = model.Tokenizer switch { null => null, ByteTokenizer => "bytes", _ => TextTokenizer.FileName },
            ["layers"] = sizes.Depth,
            ["width"] = sizes.Width,
        };
        foreach (var (name, value) in Sizes(sizes))
        {
            result[name] = value;
        }

        result["methods"] = new JsonArray([.. Methods(sizes).Select(method => (JsonNode)new JsonObject
        {
            ["name"] = method.Name,
            ["description"] = method.Description,
            ["modes"] = new JsonArray([.. Modes(method).Select(mode => (JsonNode)mode)]),
            ["class_specific"] = method.IsClassSpecific,
        })]);
        return result;
    }

    private static string Mixer(ILanguageModel model) => model switch
    {
        Mamba { Config: var c } => $"{c.InnerWidth} channels (0 to {c.InnerWidth - 1}) with {c.StateSize} states, step size of rank {c.DtRank}, convolution over {c.ConvWidth} tokens",
        Mamba2 { Config: var c } => $"{c.Heads} heads (0 to {c.Heads - 1}) of {c.InnerWidth / c.Heads} channels with {c.StateSize} states{(c.Groups == 1 ? "" : $" in {c.Groups} groups")}, convolution over {c.ConvWidth} tokens",
        GptNeoX { Config: var c } => $"softmax attention, {c.Heads} heads (0 to {c.Heads - 1}) of {c.Width / c.Heads} channels; MLP of width {c.MlpWidth}",
        _ => throw Unknown(model),
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Sizes(ILanguageModel model) => model switch
    {
        Mamba { Config: var c } =>
        [
            new("architecture", c.MixerNormEpsilon is null ? "mamba" : "falcon_mamba"), new("inner_width", c.InnerWidth), new("state_size", c.StateSize), new("dt_rank", c.DtRank), new("conv_width", c.ConvWidth),
        ],
        Mamba2 { Config: var c } =>
        [
            new("architecture", "mamba2"), new("inner_width", c.InnerWidth), new("heads", c.Heads), new("state_size", c.StateSize), new("groups", c.Groups), new("conv_width", c.ConvWidth),
        ],
        GptNeoX { Config: var c } =>
        [
            new("architecture", "gpt_neox"), new("heads", c.Heads), new("head_width", c.Width / c.Heads), new("mlp_width", c.MlpWidth), new("norm_epsilon", c.NormEpsilon),
        ],
        _ => throw Unknown(model),
    };

    private static string Tokenizer(TextModel model) => model.Tokenizer switch
    {
        null => "without a tokenizer, so it reads ids only",
        ByteTokenizer => "a token is a byte of UTF-8",
        _ => $"byte-level BPE from {TextTokenizer.FileName}",
    };

    private static long Parameters(TextModel model) => model.Model.AllWeights.Sum(weight => (long)weight.Count);

    private static long Bytes(TextModel model) => model.Model.AllWeights.Sum(weight => (long)weight.Count * (weight.Format == WeightFormat.F32 ? sizeof(float) : sizeof(ushort)));

    // As most of the values are held.
    private static string Format(TextModel model)
        => model.Model.AllWeights.GroupBy(weight => weight.Format).MaxBy(group => group.Sum(weight => (long)weight.Count))!.Key.ToString();

    // Relevance of pixels is no method for text.
    private static IEnumerable<AttributionMethod> Methods(ILanguageModel model) => AttributionMethods.For(model.Shape).Where(method => method is not FullLrp);

    // The released code is Vision Mamba's.
    private static string[] Modes(AttributionMethod method) => method.HasModes ? ["exact", "paper"] : [];

    private static ArgumentException Unknown(ILanguageModel model) => new($"A {model.GetType().Name} has no description.", nameof(model));
}
