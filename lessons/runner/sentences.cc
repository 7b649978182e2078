// The Chinese sentences, and how a row becomes one. See sentences.h.
#include "lessons/runner/sentences.h"

#include <algorithm>
#include <optional>

#include "trace/query.h"
#include "trace/text.h"
#include "trace/text_fields.h"

namespace evglass::lessons {
namespace {

using trace::Record;

constexpr SentenceRow kSentences[] = {
    // The base.
    {"base_new", "{base} 已分配，还没有选后端"},
    {"base_free", "{base} 被释放"},
    {"backend_try", "考虑后端 {name}：{verdict}"},
    {"backend_chosen", "{base} 将使用后端 {name}"},
    {"base_priorities", "{base} 有 {count} 个激活队列，每个优先级一个"},
    // An event's life.
    {"event_assign", "{who} 已初始化<，等待 {events}>：库认识它了，它既不未决也不激活"},
    {"event_gone", "{who} 没有了：它的内存就要被释放或另作他用"},
    {"event_priority", "{who} 的优先级是 {priority}"},
    {"event_deadline", "{who} 在 {deadline} 到期<，以后每 {interval} 一次>"},
    {"event_flags", "{who}：标志 {before} -> {after}"},
    {"event_name", "{event} 名叫 {name}"},
    {"event_callback", "{who} 要终结：它的回调现在是终结器"},
    {"queue_insert", "{who}：{change}<（{cause}）>，进入队列 {queue}<，排第 {length}>"},
    {"queue_remove", "{who}：{change}<（{cause}）>，离开队列 {queue}"},
    // The heap.
    {"heap_insert", "堆长到 {size} 个：{who} 在找位置，空位在最后"},
    {"heap_move", "{who} 在堆里移动：heap[{from}] -> heap[{to}]"},
    {"heap_place", "{who} 填上空位：heap[{index}]"},
    {"heap_remove", "{who} 离开堆的 heap[{index}]；还剩 {size} 个"},
    {"heap_change", "heap[{index}] 的 {who} 改为 {deadline} 到期，在找位置"},
    // The maps.
    {"io_add", "{who} 排在 fd {fd} 的链表之首（读 {nread}，写 {nwrite}，关闭 {nclose}）"},
    {"io_del", "{who} 离开 fd {fd} 的链表（读 {nread}，写 {nwrite}，关闭 {nclose}）"},
    {"signal_add", "{who} 排在信号 {signal} 的链表之首"},
    {"signal_del", "{who} 离开信号 {signal} 的链表"},
    {"map_grow", "{base} 的 {map} 映射表长到 {entries} 项"},
    {"interest", "后端对 fd {fd} 的关注：{before} -> {after}"},
    {"io_lost", "fd {fd} 不能被监视（{error}）：它的事件会被告知一次"},
    {"change_queued", "一项变更等到下次睡眠：fd {fd}，{before} -> {after}"},
    {"change_merged", "等待中的变更又变了：fd {fd}，{before} -> {after}"},
    {"change_applied", "等待中的变更已经做了：fd {fd}，{before} -> {after}<，被拒绝：{error}>"},
    // io_uring.
    {"uring_poll_add", "fd {fd} 的 poll 请求（{what}）放进环里"},
    {"uring_poll_remove", "fd {fd} 的 poll 请求被收回"},
    {"uring_completion", "环完成了 fd {fd} 的一个请求：结果 {result}"},
    {"uring_hot", "睡眠之前再看一次 fd {fd}：就绪的是 {what}"},
    // The loop.
    {"loop_begin", "{base} 的循环开始<，标志 {flags}>"},
    {"loop_end", "{base} 的循环返回 {result}：{reason}"},
    {"turn_begin", "第 {turn} 轮开始"},
    {"loop_phase", "阶段：{phase}"},
    {"wait_chosen", "选定等待：{why}<，最多 {timeout}><，先到期的是 {event}>"},
    {"backend_ready", "后端报告 fd {fd}：{what}"},
    {"loop_request", "有人请 {base} 的循环 {request}"},
    {"time_cache", "{base} 的缓存时间：{now}"},
    {"wakeup", "一个线程唤醒 {base} 的循环，它可能睡着了"},
    // Callbacks and causes.
    {"event_activate", "{who} 被激活：{what}（{cause}）"},
    {"callback_begin", "{who} 的回调开始：{what}"},
    {"callback_end", "{who} 的回调返回"},
    {"api_begin", "{site} 被调用<，对象是 {event}>"},
    {"api_end", "{site} 返回 {result}"},
    {"signal_caught", "信号 {signal} 来了：它的号码写进自管道"},
    // Keyframes.
    {"keyframe_begin", "关键帧：以下是 {base} 在第 {turn} 轮的全部状态"},
    {"keyframe_event", "关键帧：{who}，标志 {flags}"},
    {"keyframe_heap", "关键帧：heap[{index}] 是 {who}"},
    {"keyframe_queue", "关键帧：队列 {queue}，优先级 {priority}，第 {index} 个是 {who}"},
    {"keyframe_io", "关键帧：fd {fd} 的第 {index} 个是 {who}"},
    {"keyframe_signal", "关键帧：信号 {signal} 的第 {index} 个是 {who}"},
    {"keyframe_interest", "关键帧：fd {fd} 因 {mask} 被监视"},
    {"keyframe_callback", "关键帧：{who} 的回调正在运行"},
    {"keyframe_end", "关键帧：{base} 用 {records} 条记录说完了"},
    {"keyframe_change", "关键帧：一项变更在等：fd {fd}，{before} -> {after}"},
    {"keyframe_uring", "关键帧：环为 fd {fd} 要 {wanted}，请求里是 {armed}"},
    {"keyframe_common_queue", "关键帧：公共超时队列 {queue}，时长 {duration}"},
    {"keyframe_common", "关键帧：公共超时队列 {queue} 的第 {index} 个是 {who}"},
    {"keyframe_lost", "关键帧：后端再也不能监视 fd {fd}"},
    {"keyframe_once", "关键帧：第 {index} 个 once 事件是 {who}"},
    {"keyframe_finalizer", "关键帧：{who} 的下一次调用是终结器"},
    {"keyframe_watcher", "关键帧：{kind} 观察者 {watcher}，第 {index} 个"},
    {"keyframe_lock", "关键帧：{base} 由锁 {lock} 保护"},
    // Calls, listeners, marks.
    {"enter", "进入 {site}"},
    {"leave", "离开 {site}"},
    {"listener_new", "{listener} 在 fd {fd} 上监听，用 {event}"},
    {"listener_free", "{listener} 没有了"},
    {"listener_enable", "{listener} 启用：{enabled}"},
    {"listener_accept", "{listener} 把一个连接交给回调：fd {fd}"},
    {"listener_backoff", "{listener} 休息 {delay}：accept 失败，{error}"},
    {"listener_resume", "{listener} 又开始接受"},
    // DNS.
    {"dns_new", "{dns} 建立：{base} 上的解析器"},
    {"dns_free", "{dns} 没有了"},
    {"dns_server_add", "{dns} 多了一个名字服务器：{address}，用 fd {fd}"},
    {"dns_server_gone", "{dns} 去掉了一个名字服务器"},
    {"dns_server_state",
     "{dns} 的一个名字服务器的状态变了，正常：{up}（{why}）<，{probe} 后探测它>"},
    {"dns_ask", "{dns} 被问：{name} 的 {type} 记录<（探测：{probe}）>"},
    {"dns_wait", "{dns} 的一个请求要等：{why}"},
    {"dns_send", "{dns} 第 {attempt} 次问：'{name}'，编号 {id}"},
    {"dns_answer", "{dns} 收到一个 {size} 字节的包：{verdict}，回应码 {rcode}，{count} 条记录"},
    {"dns_timeout", "{dns}：第 {attempt} 次没有回应；该服务器已连续沉默 {in_a_row} 次"},
    {"dns_done", "{dns} 的一个请求有了结果：{result}，{count} 条记录；由循环来通知"},
    {"dns_gone", "{dns} 的一个请求没有了；回调过：{called}"},
    {"dns_port_new", "{port} 在 fd {fd} 上回答 DNS 查询"},
    {"dns_port_gone", "{port} 没有了"},
    {"dns_question", "{port} 被问：{name}，类型 {type}"},
    {"dns_respond", "{port} 回答：{result}，{size} 字节<，截断：{truncated}>"},
    {"dns_drop", "{port} 不回答一个查询"},
    {"mark", "标记：{text}"},
    {"note", "注：{label} = {value}"},
    {"fd_name", "fd {fd} 名叫 {label}"},
    {"wait_entry", "fd {fd}<（问的是 {asked}）>：就绪的是 {got}"},
    // Buffers.
    {"buffer_new", "{buffer} 建立，是空的"},
    {"buffer_free", "{buffer} 没有了，里面的也没有了"},
    {"buffer_parent", "{buffer} 属于 {bufferevent}"},
    {"chain_link",
     "一个 {size} 字节的链块带着 {used} 字节进入 {buffer}（{how}）；现在共 {length} 字节"},
    {"chain_unlink", "一个链块离开 {buffer}：它的字节没有了"},
    {"chain_free", "一个链块的内存归还（{size} 字节）：没有谁再引用它"},
    {"chain_immutable", "{buffer} 的一个链块（{size} 字节）被共享：不再往里写"},
    {"chain_realign", "{buffer} 在链块里挪动 {used} 字节，腾出地方"},
    {"buffer_add", "{bytes} 字节进入 {buffer} 的尾端（{how}）；现在共 {length} 字节"},
    {"buffer_prepend", "{bytes} 字节进入 {buffer} 的首端（复制）；现在共 {length} 字节"},
    {"buffer_drain", "{bytes} 字节离开 {buffer} 的首端；还剩 {length} 字节"},
    {"buffer_move", "{bytes} 字节连同链块从 {source} 移到 {buffer}（{to}）：什么也没有复制"},
    {"buffer_pullup", "{buffer} 的前 {bytes} 字节现在连成一片；为此复制了 {copied} 字节"},
    {"chain_take", "{buffer} 的一个链块把字节交给前一块；还剩 {used} 字节"},
    {"buffer_reserve", "{buffer} 借出 {given} 字节的地方，共 {pieces} 块（要的是 {wanted}）"},
    {"buffer_freeze", "{buffer} 的 {end} 端冻结：{frozen}"},
    {"buffer_callback", "{buffer} 的回调被告知：原有 {orig_size}，来了 {added}，走了 {deleted}"},
    {"buffer_copyout", "从 {buffer} 复制出 {bytes} 字节；它们还在"},
    {"buffer_state", "{buffer} 的状态：{length} 字节，{chains} 个链块"},
    {"buffer_state_chain", "{buffer} 的状态：链块 {index} 用了 {used}，共 {size}"},
    // Bufferevents.
    {"bev_new", "{bev} 建立：{kind} 类的 bufferevent，fd {fd}"},
    {"bev_release", "{bev} 被主人释放；还有 {refs} 个引用"},
    {"bev_free", "{bev} 没有了"},
    {"bev_state", "{bev} 的状态：启用的是 {enabled}"},
    {"bev_enable", "{bev} 启用 {what}；现在启用的是 {enabled}"},
    {"bev_disable", "{bev} 停用 {what}；现在启用的是 {enabled}"},
    {"bev_suspend", "{bev} 的 {direction} 方向挂起：{reason}（全部原因：{reasons}）"},
    {"bev_unsuspend", "{bev} 的 {direction} 方向少了一个挂起的原因：{reason}（还剩：{reasons}）"},
    {"bev_watermark", "{bev} 的 {direction} 水位：低 {low}，高 {high}"},
    {"bev_timeouts", "{bev} 的超时：读 {read}，写 {write}"},
    {"bev_callback_begin", "{bev} 的 {which} 回调开始<：{what}>"},
    {"bev_callback_end", "{bev} 的 {which} 回调返回"},
    {"bev_connect", "{bev} 的连接：{state}<，{error}>"},
    {"bev_fd", "{bev} 现在用 fd {fd}"},
    {"bev_other", "{bev} 的下层或伙伴现在是 {other}"},
    {"bev_moved", "{bev} 的 {direction} 方向搬运：想要 {asked}，得到 {result}<，{error}>"},
    {"bev_write_soon", "{bev} 有 {bytes} 字节要写：不等 fd 就写"},
    {"bev_filter", "{bev} 的 {direction} 过滤器收下 {taken} 字节，给出 {given} 字节"},
    {"bev_tls", "{bev} 的 TLS：{state}"},
    {"bucket_limit",
     "{owner} 的令牌桶：每刻 {tick}，读 {read_rate}（最多 {read_maximum}），"
     "写 {write_rate}（最多 {write_maximum}）"},
    {"bucket_gone", "{owner} 不再有自己的令牌桶"},
    {"bucket_fill", "{owner} 的令牌桶加满：读 {read_limit}，写 {write_limit}"},
    {"bucket_take", "从 {owner} 的 {direction} 令牌桶取走 {bytes}；还剩 {left}"},
    {"group_new", "建立限速组，它的定时器是 {event}"},
    {"group_free", "限速组没有了"},
    {"group_join", "{bev} 加入限速组；现在有 {members} 个成员"},
    {"group_leave", "{bev} 离开限速组；还有 {members} 个成员"},
    {"group_suspend", "限速组的 {direction} 令牌桶空了，成员挂起：{suspended}"},
    // Common timeouts, once events, watchers.
    {"common_queue", "{base} 有了公共超时队列 {queue}，时长 {duration}，定时器是 {timer}"},
    {"common_insert", "{who} 进入公共超时队列 {queue}，{deadline} 到期；现在有 {length} 个"},
    {"common_remove", "{who} 离开公共超时队列 {queue}；还剩 {length} 个"},
    {"common_schedule", "公共超时队列 {queue} 的定时器定在 {deadline}，为第一个事件 {who}"},
    {"once_add", "{who} 由 event_base_once 建立；现在有 {length} 个"},
    {"once_remove", "{who} 是 once 事件，就要被释放；还剩 {length} 个"},
    {"watcher_new", "{kind} 观察者 {watcher} 加入 {base}；现在有 {length} 个"},
    {"watcher_free", "{kind} 观察者 {watcher} 没有了；还剩 {length} 个"},
    {"watcher_begin", "{kind} 观察者 {watcher} 被调用，{base} 的锁还拿着"},
    {"watcher_end", "{kind} 观察者 {watcher} 返回"},
    // Locks.
    {"base_lock", "{base} 由锁 {lock} 保护"},
    {"lock_new", "{site} 建立锁 {lock}"},
    {"lock_free", "锁 {lock} 没有了"},
    {"lock_wait", "线程等待锁 {lock}：别人拿着它"},
    {"lock_take", "线程拿到锁 {lock}"},
    {"lock_give", "线程归还锁 {lock}"},
    {"cond_wait", "线程放开锁 {lock}，等待条件 {cond}"},
    {"cond_woken", "线程又拿着锁 {lock}，条件 {cond} 的结果是 {result}"},
    {"cond_signal", "等待条件 {cond} 的线程被告知"},
};

/// Values of enums that are told in words.
struct EnumRow {
    std::string_view type, value, chinese;
};
constexpr EnumRow kEnums[] = {
    {"verdict", "chosen", "可用，选定"},
    {"verdict", "avoided", "跳过，配置不要它"},
    {"verdict", "lacks_features", "跳过，缺少要求的特性"},
    {"verdict", "disabled", "跳过，被环境变量关掉"},
    {"verdict", "init_failed", "试过，初始化失败"},
    {"waitwhy", "active_pending", "不睡，已有激活的事件"},
    {"waitwhy", "nonblock", "不睡，循环不许阻塞"},
    {"waitwhy", "first_timer", "睡到第一个定时器"},
    {"waitwhy", "no_timer", "没有定时器，睡到 fd 或信号"},
    {"loopend", "no_events", "没有事件了"},
    {"loopend", "exit", "loopexit"},
    {"loopend", "break_", "loopbreak"},
    {"loopend", "once", "只跑一次"},
    {"loopend", "nonblock", "不许阻塞"},
    {"loopend", "backend_error", "后端出错"},
    {"request", "exit", "退出"},
    {"request", "break_", "中断"},
    {"request", "continue_", "继续"},
    {"bytesfrom", "copy", "复制"},
    {"bytesfrom", "read", "从描述符读来"},
    {"bytesfrom", "commit", "程序写进借出的地方"},
    {"bytesfrom", "reference", "程序自己的内存，没有复制"},
    {"bytesfrom", "file", "文件的一段，没有复制"},
    {"bytesfrom", "share", "与另一个缓冲区共享"},
    {"bytesfrom", "print", "格式化打印"},
};
constexpr std::string_view kDerived[] = {"who", "change", "cause", "site"};

/// One record and the moment after it: what its places are worth.
class Places {
 public:
    Places(const Record& record, const trace::TraceContext& trace, const trace::Model& after)
        : record_(record), trace_(trace), model_(after), names_(after) {}

    /// Nothing: the record has no such field.
    std::optional<std::string> value(std::string_view place) const {
        if (place == "who") return names_.event_long(event());
        if (place == "change") return change();
        if (place == "site") return site();
        const trace::TraceField* field = find(place);
        if (field == nullptr && place == "cause") return cause();
        if (field == nullptr) return std::nullopt;
        if (trace::is_text(field->type)) return trace::safe(trace::text_bytes(record_, *field));
        if (place == "bev" || place == "owner" || place == "other")
            return names_.bufferevent(number(*field));
        if (place == "lock") return names_.lock(number(*field));
        if (place == "signal") return trace::signal_text(static_cast<int>(number(*field)));
        const std::string text = trace::field_text(record_, *field, trace_, &names_);
        for (const EnumRow& row : kEnums)
            if (row.type == field->type && row.value == text) return std::string(row.chinese);
        return text;
    }

 private:
    const trace::TraceField* find(std::string_view name) const {
        const trace::TraceRecordType* type = trace_.type(record_.type);
        if (type == nullptr) return nullptr;
        for (const trace::TraceField& field : type->fields)
            if (field.name == name) return &field;
        return nullptr;
    }
    std::uint64_t number(const trace::TraceField& field) const {
        return trace::field_number(record_, field);
    }
    trace::Address event() const {
        const trace::TraceField* field = find("event");
        return field != nullptr ? number(*field) : 0;
    }
    /// "pending -> active", or the state that it stays in.
    std::string change() const {
        const trace::TraceField *before = find("before"), *after = find("after");
        if (before == nullptr || after == nullptr) return {};
        const auto name = [&](const trace::TraceField& field) {
            return std::string(
                trace::state_name(trace::state_of_flags(static_cast<int>(number(field)))));
        };
        const std::string from = name(*before), to = name(*after);
        return from == to ? to : from + " -> " + to;
    }
    std::string site() const {
        const auto& sites = trace_.sites();
        const bool known = record_.site != 0 && record_.site <= sites.size();
        return known ? trace::safe(sites[record_.site - 1U].function) : "?";
    }
    std::string cause() const {
        using Kind = trace::Cause::Kind;
        const trace::Event* known = model_.event(event());
        if (known == nullptr) return {};
        const std::string function = trace::safe(known->cause.function);
        switch (known->cause.kind) {
            case Kind::callback:
                return names_.event(known->cause.event) + " 的回调里 " + function;
            case Kind::api:
                return "程序调用 " + function;
            case Kind::backend:
                return "后端报告了它";
            case Kind::timer:
                return "时间到了";
            case Kind::signal:
                return "信号来了";
            case Kind::keyframe:
                return "关键帧说的";
            case Kind::none:
                break;
        }
        return function;
    }

    const Record& record_;
    const trace::TraceContext& trace_;
    const trace::Model& model_;
    trace::Names names_;
};

bool says_nothing(const std::string& value) {
    return value.empty() || value == "-" || value == "none" || value == "0";
}

/// A part without <...>: its places filled in. `silent` is set where one of them says nothing.
std::string fill(std::string_view part, const Places& places, bool& silent) {
    std::string out;
    while (!part.empty()) {
        const auto open = std::min(part.find('{'), part.size());
        out += part.substr(0, open);
        if (open == part.size()) break;
        const auto close = part.find('}', open);
        const std::string value =
            places.value(part.substr(open + 1, close - open - 1)).value_or(std::string());
        silent = silent || says_nothing(value);
        out += value;
        part.remove_prefix(close + 1);
    }
    return out;
}

std::string filled_in(std::string_view row, const Places& places) {
    std::string out;
    bool ignored = false;
    while (!row.empty()) {
        const auto open = row.find('<');
        out += fill(row.substr(0, open), places, ignored);
        if (open == std::string_view::npos) break;
        const auto close = row.find('>', open);
        bool silent = false;
        const std::string part = fill(row.substr(open + 1, close - open - 1), places, silent);
        if (!silent) out += part;
        row.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace

std::span<const SentenceRow> chinese_sentences() {
    return kSentences;
}

std::span<const std::string_view> derived_places() {
    return kDerived;
}

std::string record_sentence(const Record& record, const trace::TraceContext& trace,
                            const trace::Model& after, std::string_view language) {
    const trace::TraceRecordType* type = trace.type(record.type);
    if (language == "zh" && type != nullptr)
        for (const SentenceRow& row : kSentences)
            if (row.record == type->name)
                return filled_in(row.chinese, Places(record, trace, after));
    return trace::record_sentence(record, trace, after);
}

}  // namespace evglass::lessons
