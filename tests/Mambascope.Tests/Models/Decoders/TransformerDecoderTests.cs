using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Models.Decoders;

/// <summary>Llama, Qwen2 and GPT-2: against equations written down here once more, token by token and head by head.</summary>
public sealed class TransformerDecoderTests : IDisposable
{
    private const int D = 12, Heads = 3, KeyHeads = 1, Each = 4, Inner = 10, Vocabulary = 23, Layers = 2;

    private readonly Workers workers = new(1);
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, (int[] Shape, float[] Values)> tensors = new(StringComparer.Ordinal);
    private readonly Random random = new(11);

    public void Dispose()
    {
        workers.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    public void Llama_follows_its_equations(string type, bool hasBias)
    {
        Make("model.embed_tokens.weight", Vocabulary, D);
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = $"model.layers.{layer}.";
            Make(at + "input_layernorm.weight", D);
            Make(at + "self_attn.q_proj.weight", Heads * Each, D);
            Make(at + "self_attn.k_proj.weight", KeyHeads * Each, D);
            Make(at + "self_attn.v_proj.weight", KeyHeads * Each, D);
            Make(at + "self_attn.o_proj.weight", D, Heads * Each);
            Make(at + "post_attention_layernorm.weight", D);
            Make(at + "mlp.gate_proj.weight", Inner, D);
            Make(at + "mlp.up_proj.weight", Inner, D);
            Make(at + "mlp.down_proj.weight", D, Inner);
            foreach (var (name, rows) in new[] { ("q", Heads * Each), ("k", KeyHeads * Each), ("v", KeyHeads * Each) })
            {
                if (hasBias)
                {
                    Make($"{at}self_attn.{name}_proj.bias", rows);
                }
            }
        }

        Make("model.norm.weight", D);
        var model = Open(new()
        {
            ["model_type"] = type,
            ["hidden_size"] = D,
            ["intermediate_size"] = Inner,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyHeads,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 100.0,
            ["tie_word_embeddings"] = true,
        });
        int[] ids = [3, 19, 0, 7, 7, 22];
        var h = ids.Select(id => Row("model.embed_tokens.weight", id)).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = $"model.layers.{layer}.";
            var n = h.Select(x => Rms(x, at + "input_layernorm.weight")).ToArray();
            var (q, k, v) = (Project("q"), Project("k"), Project("v"));
            for (var t = 0; t < ids.Length; t++)
            {
                Turn(q[t], t);
                Turn(k[t], t);
            }

            var mixed = Attend(q, k, v, KeyHeads);
            h = [.. h.Select((x, t) => Sum(x, Linear(mixed[t], at + "self_attn.o_proj")))];
            h =
            [
                .. h.Select(x =>
                {
                    var m = Rms(x, at + "post_attention_layernorm.weight");
                    var (gate, up) = (Linear(m, at + "mlp.gate_proj"), Linear(m, at + "mlp.up_proj"));
                    return Sum(x, Linear([.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], at + "mlp.down_proj"));
                }),
            ];

            double[][] Project(string name) => [.. n.Select(x => Linear(x, $"{at}self_attn.{name}_proj"))];
        }

        var expected = h.Select(x => Linear(Rms(x, "model.norm.weight"), "model.embed_tokens")).SelectMany(row => row).ToArray();
        Golden.AssertClose("scores", Scores(model, ids), expected, 1e-13);
        Assert.Equal(type == "llama" ? "Llama" : "Qwen2", model.Facts.Kind);
        var methods = AttributionMethods.For(model.Shape).Select(method => method.Name).ToArray();
        Assert.Contains("attn-lrp", methods);
        Assert.DoesNotContain("transformer-attribution", methods); // whose rules know layer norms and plain MLPs only
        Explain(model, ids);

        static void Turn(double[] line, int t)
        {
            for (var head = 0; head < line.Length / Each; head++)
            {
                for (var f = 0; f < Each / 2; f++)
                {
                    var (at, angle) = ((head * Each) + f, t * Math.Pow(100, -2.0 * f / Each));
                    var (a, b) = (line[at], line[at + (Each / 2)]);
                    line[at] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                    line[at + (Each / 2)] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("transformer.")]
    public void Gpt2_follows_its_equations(string prefix)
    {
        Make("wte.weight", Vocabulary, D);
        Make("wpe.weight", 9, D);
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = $"h.{layer}.";
            foreach (var norm in new[] { "ln_1", "ln_2" })
            {
                Make(at + norm + ".weight", D);
                Make(at + norm + ".bias", D);
            }

            foreach (var (name, inputs, outputs) in new[]
            {
                ("attn.c_attn", D, 3 * D), ("attn.c_proj", D, D), ("mlp.c_fc", D, Inner), ("mlp.c_proj", Inner, D),
            })
            {
                Make($"{at}{name}.weight", inputs, outputs);
                Make($"{at}{name}.bias", outputs);
            }
        }

        Make("ln_f.weight", D);
        Make("ln_f.bias", D);
        var model = Open(
            new()
            {
                ["model_type"] = "gpt2",
                ["n_embd"] = D,
                ["n_layer"] = Layers,
                ["n_head"] = Heads,
                ["n_inner"] = Inner,
                ["n_positions"] = 9,
                ["vocab_size"] = Vocabulary,
            },
            prefix);
        int[] ids = [3, 19, 0, 7, 7, 22];
        var h = ids.Select((id, t) => Sum(Row("wte.weight", id), Row("wpe.weight", t))).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = $"h.{layer}.";
            var qkv = h.Select(x => Turned(LayerNorm(x, at + "ln_1"), at + "attn.c_attn")).ToArray();
            var mixed = Attend(Part(0), Part(D), Part(2 * D), Heads);
            h = [.. h.Select((x, t) => Sum(x, Turned(mixed[t], at + "attn.c_proj")))];
            h =
            [
                .. h.Select(x => Sum(
                    x, Turned([.. Turned(LayerNorm(x, at + "ln_2"), at + "mlp.c_fc").Select(Gelu)], at + "mlp.c_proj"))),
            ];

            double[][] Part(int first) => [.. qkv.Select(line => line[first..(first + D)])];
        }

        var expected = h.Select(x => Linear(LayerNorm(x, "ln_f"), "wte")).SelectMany(row => row).ToArray();
        Golden.AssertClose("scores", Scores(model, ids), expected, 1e-13);
        Assert.Contains("transformer-attribution", AttributionMethods.For(model.Shape).Select(method => method.Name));
        Explain(model, ids);
        Assert.Contains(
            "reads 9 at most (n_positions",
            Assert.Throws<BadInputException>(() => Scores(model, [.. Enumerable.Repeat(1, 10)])).Message,
            StringComparison.Ordinal);

        static double Gelu(double x) => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
    }

    // By every method that says it can; one leads to pixels.
    private void Explain(ILanguageModel model, int[] ids)
    {
        using var trace = model.Forward(
            new Tape<double>(workers, new BufferPool<double>(), isRecording: true), TokenBatch.Of(ids), ScorePositions.All);
        using var decision = new Decision<double>(trace);
        foreach (var method in AttributionMethods.For(model.Shape).Where(method => method.Name != "full-lrp"))
        {
            var map = method.Explain(decision, model, new(), cancellation: TestContext.Current.CancellationToken)[0];
            Assert.True(map.Values.All(double.IsFinite), method.Name);
        }
    }

    private double[] Scores(ILanguageModel model, int[] ids)
    {
        using var trace = model.Forward(
            new Tape<double>(workers, new BufferPool<double>(), isRecording: false), TokenBatch.Of(ids), ScorePositions.All);
        return trace.Logits.Data.ToArray();
    }

    private ILanguageModel Open(Dictionary<string, object> config, string prefix = "")
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in tensors)
        {
            writer.Add(prefix + name, shape, values);
        }

        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), JsonSerializer.Serialize(config));
        return LanguageModels.Open(folder.Path);
    }

    private void Make(string name, params int[] shape)
    {
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() * 2) - 1);
        }

        tensors[name] = (shape, values);
    }

    private double[] Row(string name, int row)
    {
        var (shape, values) = tensors[name];
        return [.. values.Skip(row * shape[1]).Take(shape[1]).Select(value => (double)value)];
    }

    // W x + b, W as (outputs, inputs).
    private double[] Linear(double[] x, string name)
        => [.. Enumerable.Range(0, tensors[name + ".weight"].Shape[0]).Select(o =>
            Row(name + ".weight", o).Zip(x, (w, value) => w * value).Sum() + Bias(name, o))];

    // The same, W as (inputs, outputs).
    private double[] Turned(double[] x, string name)
    {
        var (shape, values) = tensors[name + ".weight"];
        return
        [
            .. Enumerable.Range(0, shape[1]).Select(o =>
                Enumerable.Range(0, shape[0]).Sum(i => values[(i * shape[1]) + o] * x[i]) + Bias(name, o)),
        ];
    }

    private double Bias(string name, int output) => tensors.TryGetValue(name + ".bias", out var bias) ? bias.Values[output] : 0;

    private double[] Rms(double[] x, string name)
        => [.. x.Select((value, i) => value / Math.Sqrt(x.Average(v => v * v) + 1e-5f) * tensors[name].Values[i])];

    private double[] LayerNorm(double[] x, string name)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5f);
        return [.. x.Select((value, i) => ((value - mean) / deviation * tensors[name + ".weight"].Values[i]) + Bias(name, i))];
    }

    private static double[][] Attend(double[][] q, double[][] k, double[][] v, int keyHeads)
        => [.. q.Select((line, i) => Enumerable.Range(0, Heads).SelectMany(head =>
        {
            var (at, from) = (head * Each, head / (Heads / keyHeads) * Each);
            double[] weights =
            [
                .. Enumerable.Range(0, i + 1).Select(j =>
                    Math.Exp(Enumerable.Range(0, Each).Sum(c => line[at + c] * k[j][from + c]) / Math.Sqrt(Each))),
            ];
            return Enumerable.Range(0, Each).Select(c => weights.Select((w, j) => w * v[j][from + c]).Sum() / weights.Sum());
        }).ToArray())];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
