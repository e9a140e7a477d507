using System.Globalization;
using System.Text.Json;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Checkpoints.Gguf;
using Xunit;

namespace Mambascope.Tests.Models.Gguf;

/// <summary>
/// Golden hybrids, written as llama.cpp's converter writes them (other names, A = -exp(A_log), rows of q and k interleaved, halves apart,
/// experts in one tensor, Falcon-H1's factors in the weights), give the scores of the originals.
/// </summary>
public sealed class GgufHybridTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("granite-hybrid-micro", "granitehybrid")]
    [InlineData("granite-moe-hybrid-micro", "granitehybrid")]
    [InlineData("nemotron-h-micro", "nemotron_h")]
    [InlineData("nemotron-h-moe-micro", "nemotron_h_moe")]
    [InlineData("jamba-micro", "jamba")]
    [InlineData("bamba-micro", "granitehybrid")]
    [InlineData("falcon-h1-micro", "falcon-h1")]
    public void Scores_are_those_of_the_original(string name, string architecture)
    {
        using var source = Checkpoint.Open(Golden.Path(name));
        using var document = JsonDocument.Parse(
            File.ReadAllText(Golden.Path(name, "config.json")).Replace("Infinity", "1e30", StringComparison.Ordinal));
        var config = document.RootElement;
        var file = Metadata(new GgufBuilder().Add("general.architecture", architecture), architecture, config, source);
        var rules = name.StartsWith("granite", StringComparison.Ordinal)
            ? GgufGranite.Hybrid.Rules
            : GgufArchitecture.All.First(known => known.Name == architecture).Rules;
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            for (var layer = 0; layer < Whole(config, "num_hidden_layers"); layer++)
            {
                Write(file, source, rule, layer, config, written);
                if (!rule.To.Contains("{i}", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }

        var path = folder.Write("model.gguf", file.Build());
        int[] ids = [7, 0, 200, 31, 31, 90, 5];
        Golden.AssertClose("scores", Scores(path, ids), Scores(Golden.Path(name), ids), 3e-6);
    }

    private static double[] Scores(string path, int[] ids)
    {
        using var workers = new Workers(1);
        using var trace = LanguageModels.Open(path).Forward(
            new Tape<double>(workers, new BufferPool<double>(), isRecording: false), TokenBatch.Of(ids), ScorePositions.All);
        return trace.Logits.Data.ToArray();
    }

    private static void Write(
        GgufBuilder file, Checkpoint source, GgufRule rule, int layer, JsonElement config, HashSet<string> written)
    {
        var number = layer.ToString(CultureInfo.InvariantCulture);
        var (to, from) = (rule.To.Replace("{i}", number, StringComparison.Ordinal),
            rule.From.Select(part => part.Replace("{i}", number, StringComparison.Ordinal)).ToArray());
        if (Tensor(source, to) is not var (shape, values) || !written.Add(to))
        {
            return;
        }

        if (config.GetProperty("model_type").GetString() == "falcon_h1")
        {
            FalconFactors.Fold(config, to, values);
        }

        switch (rule.Change)
        {
            case GgufChange.SqueezedMiddle:
                shape = [shape[0], shape[2]];
                break;
            case GgufChange.DecayOfLog:
                values = [.. values.Select(value => -MathF.Exp(value))];
                shape = shape.Length == 1 ? [shape[0], 1] : shape;
                break;
            case GgufChange.TurnedQueries or GgufChange.TurnedKeys:
                values = Interleaved(values, shape[0], Whole(config, rule.Change == GgufChange.TurnedKeys
                    ? "num_key_value_heads"
                    : "num_attention_heads"));
                break;
        }

        if (from.Length == 1)
        {
            file.AddTensor(from[0], values, shape);
            return;
        }

        // Matrices one below the other, of every expert.
        var (rows, columns) = (shape[^2] / from.Length, shape[^1]);
        var experts = shape.Length == 3 ? shape[0] : 1;
        for (var part = 0; part < from.Length; part++)
        {
            float[] own =
            [
                .. Enumerable.Range(0, experts).SelectMany(e =>
                    values.Skip(((e * from.Length) + part) * rows * columns).Take(rows * columns)),
            ];
            file.AddTensor(from[part], own, shape.Length == 3 ? [experts, rows, columns] : [rows, columns]);
        }
    }

    // Row (head, a, b), a = 0 or 1, goes to (head, b, a).
    private static float[] Interleaved(float[] values, int rows, int heads)
    {
        var (each, columns) = (rows / heads, values.Length / rows);
        var result = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            var (head, a, b) = (row / each, row % each / (each / 2), row % each % (each / 2));
            Array.Copy(values, row * columns, result, ((head * each) + (2 * b) + a) * columns, columns);
        }

        return result;
    }

    // A tensor of the golden file, or one that is made of those of its experts.
    private static (int[] Shape, float[] Values)? Tensor(Checkpoint source, string name)
    {
        if (source.Tensors.TryGetValue(name, out var info))
        {
            return ([.. info.Shape], source.ReadSingles(name));
        }

        string[] layers = name.EndsWith("experts.gate_up_proj", StringComparison.Ordinal) ? ["gate_proj", "up_proj"]
            : name.Contains(".experts.", StringComparison.Ordinal) ? [name[(name.LastIndexOf('.') + 1)..]]
            : [];
        var at = name[..(name.LastIndexOf('.') + 1)];
        if (layers.Length == 0 || !source.Tensors.ContainsKey($"{at}0.{layers[0]}.weight"))
        {
            return null;
        }

        var experts = Enumerable.Range(0, 100).TakeWhile(e => source.Tensors.ContainsKey($"{at}{e}.{layers[0]}.weight")).ToArray();
        var shape = source.Find($"{at}0.{layers[0]}.weight").Shape;
        return (
            [experts.Length, layers.Length * shape[0], shape[1]],
            [.. experts.SelectMany(e => layers.SelectMany(layer => source.ReadSingles($"{at}{e}.{layer}.weight")))]);
    }

    private static GgufBuilder Metadata(GgufBuilder file, string architecture, JsonElement config, Checkpoint source)
    {
        var layers = Whole(config, "num_hidden_layers");
        var isAttention = Enumerable.Range(0, layers).Select(IsAttention).ToArray();
        Add("block_count", (uint)layers);
        Add("embedding_length", (uint)Whole(config, "hidden_size"));
        Add("attention.head_count", (uint)Whole(config, "num_attention_heads"));
        file.Add(
            $"{architecture}.attention.head_count_kv",
            isAttention.Select(one => one ? Whole(config, "num_key_value_heads") : 0).ToArray());
        if (architecture == "falcon-h1")
        {
            Add("attention.key_length", (uint)Whole(config, "head_dim"));
        }

        Number("attention.layer_norm_rms_epsilon", "rms_norm_eps", "layer_norm_epsilon");
        var heads = config.TryGetProperty("mamba_n_heads", out var stated) ? stated.GetInt32() : 0;
        switch (architecture)
        {
            case "falcon-h1":
                Add("feed_forward_length", (uint)Whole(config, "intermediate_size"));
                Number("rope.freq_base", "rope_theta");
                Scan(Whole(config, "mamba_d_ssm"), heads, "mamba_n_groups", "mamba_d_state", "mamba_d_conv");
                break;
            case "granitehybrid" when config.TryGetProperty("attn_layer_indices", out _): // Bamba
                Add("feed_forward_length", (uint)Whole(config, "intermediate_size"));
                Number("rope.freq_base", "rope_theta");
                Scan(2 * Whole(config, "hidden_size"), heads, "mamba_n_groups", "mamba_d_state", "mamba_d_conv");
                break;
            case "granitehybrid":
                Add("feed_forward_length", (uint)Whole(config, Whole(config, "num_local_experts") == 0
                    ? "shared_intermediate_size"
                    : "intermediate_size"));
                Add("expert_shared_feed_forward_length", (uint)Whole(config, "shared_intermediate_size"));
                Add("expert_count", (uint)Whole(config, "num_local_experts"));
                Add("expert_used_count", (uint)Whole(config, "num_experts_per_tok"));
                Number("embedding_scale", "embedding_multiplier");
                Number("residual_scale", "residual_multiplier");
                Number("logit_scale", "logits_scaling");
                Number("attention.scale", "attention_multiplier");
                Number("rope.freq_base", "rope_theta");
                file.Add("granitehybrid.rope.scaling.finetuned", config.GetProperty("position_embedding_type").GetString() == "rope");
                Scan(2 * Whole(config, "hidden_size"), heads, "mamba_n_groups", "mamba_d_state", "mamba_d_conv");
                break;
            case "jamba":
                Add("feed_forward_length", (uint)Whole(config, "intermediate_size"));
                Add("expert_count", (uint)Whole(config, "num_experts"));
                Add("expert_used_count", (uint)Whole(config, "num_experts_per_tok"));
                Scan(2 * Whole(config, "hidden_size"), Whole(config, "mamba_dt_rank"), groups: null, "mamba_d_state", "mamba_d_conv");
                break;
            default:
                heads = Whole(config, "mamba_num_heads");
                Add("attention.key_length", (uint)Whole(config, "head_dim"));
                file.Add(
                    $"{architecture}.feed_forward_length",
                    Enumerable.Range(0, layers).Select(i => Letter(i) == '-' ? Whole(config, "intermediate_size") : 0).ToArray());
                Scan(heads * Whole(config, "mamba_head_dim"), heads, "n_groups", "ssm_state_size", "conv_kernel");
                if (architecture.EndsWith("moe", StringComparison.Ordinal))
                {
                    Add("expert_count", (uint)Whole(config, "n_routed_experts"));
                    Add("expert_used_count", (uint)Whole(config, "num_experts_per_tok"));
                    Add("expert_feed_forward_length", (uint)Whole(config, "moe_intermediate_size"));
                    Add("expert_shared_feed_forward_length", (uint)Whole(config, "moe_shared_expert_intermediate_size"));
                    Add("expert_group_count", (uint)Whole(config, "n_group"));
                    Add("expert_group_used_count", (uint)Whole(config, "topk_group"));
                    file.Add($"{architecture}.expert_weights_norm", true);
                    Number("expert_weights_scale", "routed_scaling_factor");
                }

                break;
        }

        return file;

        void Add(string key, uint value) => file.Add($"{architecture}.{key}", value);

        void Number(string key, params string[] names)
            => file.Add($"{architecture}.{key}", (float)names.Where(name => config.TryGetProperty(name, out _))
                .Select(name => config.GetProperty(name).GetDouble()).First());

        void Scan(int inner, int rank, string? groups, string states, string taps)
        {
            Add("ssm.inner_size", (uint)inner);
            Add("ssm.time_step_rank", (uint)rank);
            Add("ssm.group_count", groups is null ? 0 : (uint)Whole(config, groups));
            Add("ssm.state_size", (uint)Whole(config, states));
            Add("ssm.conv_kernel", (uint)Whole(config, taps));
        }

        char Letter(int layer) => config.GetProperty("hybrid_override_pattern").GetString()![layer];

        bool IsAttention(int layer)
            => source.Tensors.ContainsKey($"model.layers.{layer}.self_attn.q_proj.weight")
            || source.Tensors.ContainsKey($"backbone.layers.{layer}.mixer.q_proj.weight");
    }

    private static int Whole(JsonElement config, string key) => config.GetProperty(key).GetInt32();
}
